#include "loadgen/broadcast_tally.h"

namespace phx::loadgen {

std::size_t BroadcastTally::Topic(std::string_view name) {
  const auto [found, is_new] = indexes_.try_emplace(std::string(name), topics_.size());
  if (is_new) topics_.emplace_back();
  return found->second;
}

void BroadcastTally::Merge(const BroadcastTally& other) {
  const auto add = [](const Counts& from, Counts* to) {
    to->receivers += from.receivers;
    to->sent += from.sent;
    to->received += from.received;
  };
  add(other.topics_[kOwnTopics], &topics_[kOwnTopics]);
  for (const auto& [name, index] : other.indexes_) {
    add(other.topics_[index], &topics_[Topic(name)]);
  }
}

std::uint64_t BroadcastTally::missing() const {
  std::uint64_t missing = 0;
  for (std::size_t i = 0; i < topics_.size(); ++i) {
    const Counts& topic = topics_[i];
    const std::uint64_t expected = topic.sent * (i == kOwnTopics ? 1 : topic.receivers);
    if (expected > topic.received) missing += expected - topic.received;
  }
  return missing;
}

}  // namespace phx::loadgen
