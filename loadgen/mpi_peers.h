// MpiPeers: the processes that mpirun has started, as peers of one run.
//
//   MpiPeers peers(&argc, &argv);
//   const int exit_code = RunApplication(arguments, console, &peers);
//   peers.Finish();
//
// It sends messages from process to process, and never takes part in an operation that needs all of
// them: one that has died would hold up the rest for ever. It asks for messages now and then rather
// than wait inside MPI, which would take a core.
//
// Threads: the one that constructed it, which MPI calls the main thread.
#ifndef PHX_LOADGEN_MPI_PEERS_H_
#define PHX_LOADGEN_MPI_PEERS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "loadgen/peer_roster.h"
#include "loadgen/peers.h"
#include "loadgen/shard.h"
#include "loadgen/time.h"

namespace phx::loadgen {

class MpiPeers final : public Peers {
 public:
  // Once in a process, before anything else.
  MpiPeers(int* argc, char*** argv);

  MpiPeers(const MpiPeers&) = delete;
  MpiPeers& operator=(const MpiPeers&) = delete;

  // Takes leave of MPI. If somebody was lost that would wait for them: then the process just ends,
  // which mpirun may complain of.
  void Finish();

  Shard shard() const override { return shard_; }
  std::uint64_t run() const override { return run_; }
  std::string Agree(const std::string& problem) override;
  void Attend(boost::asio::io_context& io) override;
  void Leave() override;
  void AwaitStart(std::function<void()> begin) override;
  std::vector<PeerFile> Gather(std::string file) override;

 private:
  enum class Tag : std::uint8_t { kBeat, kPrepared, kAgreed, kArrived, kBegin, kFile, kBye };

  // Says that it is there, if it is time to, takes in what others said, and begins if all can.
  void Poll();
  void Beat();
  std::optional<std::string> Receive(int size, int from, int tag);
  void Handle(int from, Tag tag, std::string text);
  void BeginIfAllCan();
  template <typename Condition>
  void PollUntil(const Condition& condition);
  void SchedulePoll();

  // Waits until it is sent, or its receiver lost.
  void Send(int to, Tag tag, const std::string& text);
  void SendToOthers(Tag tag, const std::string& text);
  bool IsLost(int peer) const;
  std::string CollectProblems() const;

  Shard shard_;
  std::uint64_t run_ = 0;
  PeerRoster roster_;
  TimePoint beaten_at_;
  std::optional<boost::asio::steady_timer> timer_;  // while attending
  std::function<void()> begin_;
  bool is_arrived_ = false;  // this process, or it will not
  bool has_begun_ = false;
  std::optional<std::string> agreed_;  // what the first process said
  std::optional<std::string> bye_;     // the same; "all": nobody was lost
  bool is_whole_ = true;
  std::vector<std::unique_ptr<std::string>> abandoned_;  // messages that did not come to their end
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MPI_PEERS_H_
