#include "loadgen/think_time.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kDraws = 20'000;

// In seconds, the shortest first.
std::vector<double> Draw(const ThinkTime& think) {
  SeededRandom random(7);
  std::vector<double> drawn;
  drawn.reserve(kDraws);
  for (int i = 0; i < kDraws; ++i) {
    drawn.push_back(std::chrono::duration<double>(DrawThinkTime(think, &random)).count());
  }
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

double Mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

// The share of them that is at most `limit`.
double Share(const std::vector<double>& sorted, double limit) {
  const auto end = std::upper_bound(sorted.begin(), sorted.end(), limit);
  return static_cast<double>(end - sorted.begin()) / static_cast<double>(sorted.size());
}

TEST(ThinkTimeTest, EachTimeOfARangeIsAsLikely) {
  const std::vector<double> drawn = Draw(DurationRange{seconds(1), seconds(3)});
  EXPECT_GE(drawn.front(), 1);
  EXPECT_LE(drawn.back(), 3);
  for (const double limit : {1.5, 2.0, 2.5}) {
    EXPECT_NEAR(Share(drawn, limit), (limit - 1) / 2, 0.02) << limit;
  }
}

TEST(ThinkTimeTest, ExponentialTimesAreMostlyShortAndSometimesLong) {
  const std::vector<double> drawn = Draw(ExponentialThinkTime{.mean = seconds(2)});
  EXPECT_GE(drawn.front(), 0);
  EXPECT_NEAR(Mean(drawn), 2, 0.05);
  for (const double limit : {0.5, 2.0, 6.0}) {
    EXPECT_NEAR(Share(drawn, limit), 1 - std::exp(-limit / 2), 0.02) << limit;
  }
}

TEST(ThinkTimeTest, NormalTimesLieAboutTheirMean) {
  const std::vector<double> drawn =
      Draw(NormalThinkTime{.mean = seconds(4), .stdev = milliseconds(500)});
  EXPECT_NEAR(Mean(drawn), 4, 0.02);
  EXPECT_NEAR(Share(drawn, 3.5), 0.1587, 0.02);
  EXPECT_NEAR(Share(drawn, 4.0), 0.5, 0.02);
  EXPECT_NEAR(Share(drawn, 5.0), 0.9772, 0.02);
}

TEST(ThinkTimeTest, NobodyThinksForLessThanNoTime) {
  const std::vector<double> drawn =
      Draw(NormalThinkTime{.mean = milliseconds(100), .stdev = seconds(1)});
  EXPECT_EQ(drawn.front(), 0);
  EXPECT_GT(drawn.back(), 1);
}

TEST(ThinkTimeTest, AreKnownByTheirMean) {
  EXPECT_EQ(MeanOf(DurationRange{seconds(1), seconds(3)}), seconds(2));
  EXPECT_EQ(MeanOf(ExponentialThinkTime{.mean = seconds(5)}), seconds(5));
  EXPECT_EQ(MeanOf(NormalThinkTime{.mean = seconds(6), .stdev = seconds(1)}), seconds(6));
}

}  // namespace
}  // namespace phx::loadgen
