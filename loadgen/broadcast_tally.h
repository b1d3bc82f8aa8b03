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
// Of the broadcasts of other shards, which send more than this process knows of, only the merged
// tallies of all shards can tell how many are missing.
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_BROADCAST_TALLY_H_
#define PHX_LOADGEN_BROADCAST_TALLY_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace phx::loadgen {

class BroadcastTally {
 public:
  // All topics of which each has one receiver, which is its sender.
  static constexpr std::size_t kOwnTopics = 0;

  struct Counts {
    std::uint64_t receivers = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;           // for the first time, of this process's own
    std::uint64_t received_of_other = 0;  // shards
  };

  BroadcastTally() : topics_(1) {}

  // The index of a topic that connections may share.
  std::size_t Topic(std::string_view name);

  void AddReceiver(std::size_t topic) { ++topics_[topic].receivers; }
  void Send(std::size_t topic) { ++topics_[topic].sent; }
  // For the first time. `is_own`: sent by this process.
  void Receive(std::size_t topic, bool is_own = true) {
    ++(is_own ? topics_[topic].received : topics_[topic].received_of_other);
  }

  // That of another thread.
  void Merge(const BroadcastTally& other);
  // That of another shard, so that what it sent is this one's own from here on.
  void MergeShard(const BroadcastTally& other);

  // How many of its own did not come to somebody of its own who should have got them.
  std::uint64_t missing() const;

  // As files keep it.
  void Add(std::size_t topic, const Counts& counts);
  const Counts& own_topics() const { return topics_[kOwnTopics]; }
  std::map<std::string, Counts> shared_topics() const;

 private:
  std::vector<Counts> topics_;
  absl::flat_hash_map<std::string, std::size_t> indexes_;  // of all but the first
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_BROADCAST_TALLY_H_
