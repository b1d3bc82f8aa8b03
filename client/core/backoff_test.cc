#include "client/core/backoff.h"

#include <chrono>
#include <limits>
#include <stdexcept>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

std::vector<Duration> Waits(Duration (*table)(int), int first, int last) {
  std::vector<Duration> waits;
  for (int tries = first; tries <= last; ++tries) waits.push_back(table(tries));
  return waits;
}

TEST(BackoffTest, ReconnectsAsPhoenixJsDoes) {
  EXPECT_THAT(Waits(DefaultReconnectAfter, 1, 11),
              ElementsAre(10ms, 50ms, 100ms, 150ms, 200ms, 250ms, 500ms, 1s, 2s, 5s, 5s));
  EXPECT_EQ(DefaultReconnectAfter(std::numeric_limits<int>::max()), 5s);
}

TEST(BackoffTest, RejoinsAsPhoenixJsDoes) {
  EXPECT_THAT(Waits(DefaultRejoinAfter, 1, 5), ElementsAre(1s, 2s, 5s, 10s, 10s));
  EXPECT_EQ(DefaultRejoinAfter(std::numeric_limits<int>::max()), 10s);
}

TEST(BackoffTest, TakesATryBeforeTheFirstForTheFirst) {
  EXPECT_EQ(DefaultReconnectAfter(0), 10ms);
  EXPECT_EQ(DefaultRejoinAfter(-7), 1s);
}

TEST(BackoffTest, AsksTheFunctionAndFallsBackToTheTable) {
  EXPECT_EQ(BackoffAfter([](int tries) { return tries * 7s; }, DefaultRejoinAfter, 3), 21s);
  EXPECT_EQ(BackoffAfter(nullptr, DefaultRejoinAfter, 3), 5s);
  const BackoffFunction throws = [](int) -> Duration { throw std::runtime_error("no idea"); };
  EXPECT_EQ(BackoffAfter(throws, DefaultRejoinAfter, 3), 5s);
}

TEST(BackoffTest, NeverWaitsLessThanNothing) {
  EXPECT_EQ(BackoffAfter([](int) { return -1s; }, DefaultRejoinAfter, 1), 0s);
}

TEST(JitterTest, LeavesWaitsAloneWithoutAFraction) {
  Jitter jitter(0, 1);
  EXPECT_EQ(jitter.Apply(1234567ns), 1234567ns);
}

TEST(JitterTest, SpreadsWaitsEvenlyAroundTheirLength) {
  Jitter jitter(0.5, 7);
  constexpr int kCount = 10000;
  double sum = 0;
  for (int i = 0; i < kCount; ++i) {
    const Duration wait = jitter.Apply(1s);
    EXPECT_GE(wait, 500ms);
    EXPECT_LT(wait, 1500ms);
    sum += std::chrono::duration<double>(wait).count();
  }
  EXPECT_NEAR(sum / kCount, 1.0, 0.01);
}

TEST(JitterTest, ReachesBothEndsOfItsRange) {
  Jitter jitter(0.5, 7);
  Duration least = 1s;
  Duration most = 1s;
  for (int i = 0; i < 10000; ++i) {
    const Duration wait = jitter.Apply(1s);
    least = std::min(least, wait);
    most = std::max(most, wait);
  }
  EXPECT_LT(least, 510ms);
  EXPECT_GT(most, 1490ms);
}

TEST(JitterTest, RepeatsItselfFromTheSameSeedOnly) {
  const auto sequence = [](std::uint64_t seed) {
    Jitter jitter(0.5, seed);
    std::vector<Duration> waits(8);
    for (Duration& wait : waits) wait = jitter.Apply(1s);
    return waits;
  };
  EXPECT_EQ(sequence(1), sequence(1));
  EXPECT_NE(sequence(1), sequence(2));
  // Seeds that differ in their upper half only are different seeds.
  EXPECT_NE(sequence(std::uint64_t{1} << 40U), sequence(std::uint64_t{1} << 41U));
}

TEST(JitterTest, TakesAFractionOutsideOfItsRangeForTheNearestInIt) {
  Jitter none(-3, 1);
  EXPECT_EQ(none.Apply(1s), 1s);
  Jitter whole(9, 1);
  for (int i = 0; i < 1000; ++i) {
    const Duration wait = whole.Apply(1s);
    EXPECT_GE(wait, 0s);
    EXPECT_LE(wait, 2s);
  }
}

TEST(JitterTest, KeepsAnEndlessWaitWithinWhatTheClockCounts) {
  Jitter jitter(0.5, 3);
  for (int i = 0; i < 100; ++i) EXPECT_GT(jitter.Apply(Duration::max()), Duration::max() / 3);
}

}  // namespace
}  // namespace phx::core
