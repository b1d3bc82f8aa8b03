#include "loadgen/broadcast_tally.h"

#include <cstddef>

namespace phx::loadgen {

void BroadcastTally::Merge(const BroadcastTally& other) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    groups_[i].receivers += other.groups_[i].receivers;
    groups_[i].sent += other.groups_[i].sent;
    groups_[i].received += other.groups_[i].received;
  }
}

std::uint64_t BroadcastTally::missing() const {
  std::uint64_t missing = 0;
  for (const Group& group : groups_) {
    const std::uint64_t expected = group.sent * (is_shared_ ? group.receivers : 1);
    if (expected > group.received) missing += expected - group.received;
  }
  return missing;
}

}  // namespace phx::loadgen
