#include "loadgen/broadcast_tally.h"

#include <utility>

namespace phx::loadgen {

std::size_t BroadcastTally::Topic(std::string_view name) {
  const auto [found, is_new] = indexes_.try_emplace(std::string(name), topics_.size());
  if (is_new) topics_.emplace_back();
  return found->second;
}

void BroadcastTally::Add(std::size_t topic, const Counts& counts) {
  Counts& sum = topics_[topic];
  sum.receivers += counts.receivers;
  sum.sent += counts.sent;
  sum.received += counts.received;
  sum.received_of_other += counts.received_of_other;
}

void BroadcastTally::Merge(const BroadcastTally& other) {
  Add(kOwnTopics, other.own_topics());
  for (const auto& [name, counts] : other.shared_topics()) Add(Topic(name), counts);
}

void BroadcastTally::MergeShard(const BroadcastTally& other) {
  BroadcastTally known = other;
  for (Counts& counts : known.topics_) {
    counts.received += std::exchange(counts.received_of_other, 0);
  }
  Merge(known);
}

std::map<std::string, BroadcastTally::Counts> BroadcastTally::shared_topics() const {
  std::map<std::string, Counts> shared;
  for (const auto& [name, index] : indexes_) shared.emplace(name, topics_[index]);
  return shared;
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
