#include "loadgen/shard.h"

#include <cstdint>
#include <numeric>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(ParseShardTest, ReadsWhichOfHowMany) {
  EXPECT_EQ(*ParseShard("1/1"), (Shard{.index = 0, .count = 1}));
  EXPECT_EQ(*ParseShard("2/8"), (Shard{.index = 1, .count = 8}));
  EXPECT_EQ(*ParseShard("8/8"), (Shard{.index = 7, .count = 8}));
}

TEST(ParseShardTest, RefusesWhatIsNoPart) {
  for (const char* text : {"", "2", "/", "2/", "/8", "a/8", "2/b", "-1/8", "2/8/3", "1.5/8"}) {
    const absl::Status status = ParseShard(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_EQ(status.message(), "is no part of a run; write which and of how many, as in 2/8")
        << text;
  }
}

TEST(ParseShardTest, RefusesPartsThatThereAreNot) {
  for (const char* text : {"0/8", "9/8", "1/0", "1/10001"}) {
    EXPECT_EQ(ParseShard(text).status().message(),
              "is out of range; give 1/8 to 8/8, and at most 10000 parts")
        << text;
  }
}

TEST(ShardTest, IsWrittenAsItIsRead) { EXPECT_EQ(ToString(*ParseShard("2/8")), "2/8"); }

TEST(ShardTest, PartsAddUpToTheWhole) {
  for (const std::uint64_t whole : {0U, 1U, 7U, 8U, 1000U}) {
    std::uint64_t sum = 0;
    for (std::uint64_t i = 0; i < 3; ++i) sum += Shard{.index = i, .count = 3}.PartOf(whole);
    EXPECT_EQ(sum, whole);
  }
}

// The lanes of all threads of all shards, with as many threads each as given.
std::multiset<std::uint64_t> LanesOf(const std::vector<std::uint64_t>& threads,
                                     std::uint64_t lanes) {
  std::multiset<std::uint64_t> all;
  for (std::uint64_t i = 0; i < threads.size(); ++i) {
    const Shard shard = {.index = i, .count = threads.size()};
    for (std::uint64_t thread = 0; thread < threads[i]; ++thread) {
      const Share share = shard.ShareOf(thread, threads[i], lanes);
      for (std::uint64_t own = 0; own < share.own_lanes(); ++own) {
        const std::uint64_t lane = own * share.workers + share.worker;
        EXPECT_TRUE(shard.Has(lane + 1)) << lane;
        all.insert(lane);
      }
    }
  }
  return all;
}

TEST(ShardTest, LanesBelongToOneThreadEachHoweverManyThreadsShardsHave) {
  std::vector<std::uint64_t> expected(101);
  std::iota(expected.begin(), expected.end(), 0);
  const std::multiset<std::uint64_t> once(expected.begin(), expected.end());
  EXPECT_EQ(LanesOf({1}, 101), once);
  EXPECT_EQ(LanesOf({1, 4, 2}, 101), once);
  EXPECT_EQ(LanesOf({8, 8}, 101), once);
}

TEST(ShardTest, OwnConnectionsAreNumberedWithoutGaps) {
  const Shard shard = {.index = 1, .count = 3};
  EXPECT_FALSE(shard.Has(1));
  EXPECT_TRUE(shard.Has(2));
  EXPECT_EQ(shard.OwnIndexOf(2), 0U);
  EXPECT_EQ(shard.OwnIndexOf(5), 1U);
}

}  // namespace
}  // namespace phx::loadgen
