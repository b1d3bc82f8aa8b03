#include "loadgen/opening_order.h"

#include <utility>

#include "loadgen/seeded_random.h"

namespace phx::loadgen {

OpeningOrder::OpeningOrder(const std::vector<std::uint64_t>& sizes, std::uint64_t seed)
    : taken_(sizes.size()) {
  if (sizes.size() < 2) return;
  for (std::size_t group = 0; group < sizes.size(); ++group) {
    groups_.insert(groups_.end(), sizes[group], static_cast<std::uint8_t>(group));
  }
  // Fisher and Yates.
  SeededRandom random(seed);
  for (std::size_t left = groups_.size(); left > 1; --left) {
    std::swap(groups_[left - 1], groups_[random.Within(std::uint64_t{0}, left - 1)]);
  }
}

OpeningOrder::Turn OpeningOrder::At(std::uint64_t turn) {
  const std::size_t group = groups_.empty() ? 0 : groups_[turn];
  return {.group = group, .index = taken_[group]++};
}

}  // namespace phx::loadgen
