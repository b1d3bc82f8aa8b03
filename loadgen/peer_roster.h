// PeerRoster: how far each process of a run has come, and which of them are lost. The first process
// keeps one of all, the others of the first.
//
// It does no I/O and reads no clock.
#ifndef PHX_LOADGEN_PEER_ROSTER_H_
#define PHX_LOADGEN_PEER_ROSTER_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/time.h"

namespace phx::loadgen {

class PeerRoster {
 public:
  // Processes say something every second; whoever says nothing for so long is lost.
  static constexpr Duration kSilence = std::chrono::seconds(10);

  PeerRoster(std::size_t count, TimePoint now) : peers_(count, Peer{.heard_at = now}) {}

  void OnHeard(std::size_t peer, TimePoint now) { peers_[peer].heard_at = now; }
  void OnPrepared(std::size_t peer, std::string problem) {
    peers_[peer].problem = std::move(problem);
  }
  // It waits for the start.
  void OnArrived(std::size_t peer) { peers_[peer].has_arrived = true; }
  // It is through.
  void OnFile(std::size_t peer, std::string file) { peers_[peer].file = std::move(file); }

  // Whoever has handed in its file is not missed any more.
  bool IsLost(std::size_t peer, TimePoint now) const {
    return !peers_[peer].file.has_value() && now - peers_[peer].heard_at > kSilence;
  }

  // Whether there is nobody to wait for any more: until all have said whether they are prepared,
  // until the load can begin, until all files are there.
  bool AllPrepared(TimePoint now) const;
  bool AllArrived(TimePoint now) const;
  bool AllFiled(TimePoint now) const;

  // The problem of a process, or, if it is lost, that.
  std::string ProblemOf(std::size_t peer) const;
  const std::optional<std::string>& file(std::size_t peer) const { return peers_[peer].file; }
  std::size_t size() const { return peers_.size(); }

 private:
  struct Peer {
    TimePoint heard_at;
    std::optional<std::string> problem = std::nullopt;  // "": none
    bool has_arrived = false;
    std::optional<std::string> file = std::nullopt;
  };

  std::vector<Peer> peers_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PEER_ROSTER_H_
