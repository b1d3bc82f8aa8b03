// BroadcastTally: how many broadcasts were sent and received on each topic, and so how many are
// missing. Each thread keeps one of its own connections; merged, they balance.
//
//   const std::size_t lobby = tally.Topic("room:lobby");
//   tally.AddReceiver(lobby);
//   tally.Send(lobby);
//   tally.Receive(lobby);
//
// What is sent on a topic should come to every receiver of it. Topics that one connection has for
// itself need no place each: all of them together are one, in which each sent is received once.
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_BROADCAST_TALLY_H_
#define PHX_LOADGEN_BROADCAST_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace phx::loadgen {

class BroadcastTally {
 public:
  // All topics of which each has one receiver, which is its sender.
  static constexpr std::size_t kOwnTopics = 0;

  BroadcastTally() : topics_(1) {}

  // The index of a topic that connections may share.
  std::size_t Topic(std::string_view name);

  void AddReceiver(std::size_t topic) { ++topics_[topic].receivers; }
  void Send(std::size_t topic) { ++topics_[topic].sent; }
  // For the first time.
  void Receive(std::size_t topic) { ++topics_[topic].received; }

  void Merge(const BroadcastTally& other);

  // How many did not come to somebody who should have got them.
  std::uint64_t missing() const;

 private:
  struct Counts {
    std::uint64_t receivers = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };

  std::vector<Counts> topics_;
  absl::flat_hash_map<std::string, std::size_t> indexes_;  // of all but the first
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_BROADCAST_TALLY_H_
