// BroadcastTally: how many broadcasts were sent and received on each topic, and so how many are
// missing. Each thread keeps one of its own connections; merged, they balance.
//
// Topics that all connections share have a group for each channel number: what is sent there should
// come to every receiver. Where each connection has topics of its own, all of them together are one
// group in which each sent is received once.
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_BROADCAST_TALLY_H_
#define PHX_LOADGEN_BROADCAST_TALLY_H_

#include <cstdint>
#include <vector>

namespace phx::loadgen {

class BroadcastTally {
 public:
  // `groups` topics that are shared, or 1 of those that are not.
  explicit BroadcastTally(std::uint64_t groups, bool is_shared)
      : groups_(groups), is_shared_(is_shared) {}

  void AddReceiver(std::uint64_t group) { ++groups_[Index(group)].receivers; }
  void Send(std::uint64_t group) { ++groups_[Index(group)].sent; }
  // For the first time.
  void Receive(std::uint64_t group) { ++groups_[Index(group)].received; }

  void Merge(const BroadcastTally& other);

  // How many did not come to somebody who should have got them.
  std::uint64_t missing() const;

 private:
  struct Group {
    std::uint64_t receivers = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };

  std::uint64_t Index(std::uint64_t group) const { return is_shared_ ? group : 0; }

  std::vector<Group> groups_;
  bool is_shared_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_BROADCAST_TALLY_H_
