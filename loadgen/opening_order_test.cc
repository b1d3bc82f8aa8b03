#include "loadgen/opening_order.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

std::vector<std::size_t> GroupsOf(const std::vector<std::uint64_t>& sizes, std::uint64_t seed) {
  OpeningOrder order(sizes, seed);
  std::uint64_t total = 0;
  for (const std::uint64_t size : sizes) total += size;
  std::vector<std::uint64_t> next(sizes.size());
  std::vector<std::size_t> groups;
  for (std::uint64_t turn = 0; turn < total; ++turn) {
    const OpeningOrder::Turn taken = order.At(turn);
    EXPECT_EQ(taken.index, next[taken.group]++);
    groups.push_back(taken.group);
  }
  EXPECT_EQ(next, sizes);
  return groups;
}

TEST(OpeningOrderTest, EveryUserHasItsTurnOnce) {
  GroupsOf({3, 0, 5, 1}, 1);
  EXPECT_THAT(GroupsOf({2}, 1), ::testing::ElementsAre(0, 0));
}

TEST(OpeningOrderTest, KindsComeMixed) {
  const std::vector<std::size_t> groups = GroupsOf({500, 500}, 7);
  int changes = 0;
  for (std::size_t i = 1; i < groups.size(); ++i) changes += groups[i] != groups[i - 1] ? 1 : 0;
  EXPECT_GT(changes, 400);
}

TEST(OpeningOrderTest, TheSameSeedGivesTheSameOrder) {
  EXPECT_EQ(GroupsOf({20, 30}, 7), GroupsOf({20, 30}, 7));
  EXPECT_NE(GroupsOf({20, 30}, 7), GroupsOf({20, 30}, 8));
}

}  // namespace
}  // namespace phx::loadgen
