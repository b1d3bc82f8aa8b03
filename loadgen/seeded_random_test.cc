#include "loadgen/seeded_random.h"

#include <algorithm>
#include <limits>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

// The published first numbers of SplitMix64 for the seed 1234567: other machines draw them too.
TEST(SeededRandomTest, DrawsTheNumbersOfSplitMix64) {
  SeededRandom random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317U);
  EXPECT_EQ(random.Next(), 3203168211198807973U);
  EXPECT_EQ(random.Next(), 9817491932198370423U);
}

TEST(SeededRandomTest, StaysWithinItsBoundsAndReachesThem) {
  SeededRandom random(1);
  bool has_least = false;
  bool has_most = false;
  for (int i = 0; i < 200; ++i) {
    const std::uint64_t drawn = random.Within(std::uint64_t{3}, std::uint64_t{5});
    EXPECT_GE(drawn, 3);
    EXPECT_LE(drawn, 5);
    has_least = has_least || drawn == 3;
    has_most = has_most || drawn == 5;
  }
  EXPECT_TRUE(has_least);
  EXPECT_TRUE(has_most);
  EXPECT_EQ(random.Within(Duration(7), Duration(7)), Duration(7));
  random.Within(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max());
}

TEST(SeededRandomTest, FillsTheUnitInterval) {
  SeededRandom random(1);
  double least = 1;
  double most = 0;
  for (int i = 0; i < 10'000; ++i) {
    const double drawn = random.Unit();
    ASSERT_GE(drawn, 0);
    ASSERT_LT(drawn, 1);
    least = std::min(least, drawn);
    most = std::max(most, drawn);
  }
  EXPECT_LT(least, 0.01);
  EXPECT_GT(most, 0.99);
}

TEST(SeededRandomTest, StreamsOfOneSeedDiffer) {
  EXPECT_NE(MixSeed(1, 1), MixSeed(1, 2));
  EXPECT_NE(MixSeed(1, 1), MixSeed(2, 1));
  EXPECT_EQ(MixSeed(1, 1), MixSeed(1, 1));
}

}  // namespace
}  // namespace phx::loadgen
