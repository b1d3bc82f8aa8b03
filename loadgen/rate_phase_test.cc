#include "loadgen/rate_phase.h"

#include <string>

#include "gtest/gtest.h"
#include "loadgen/phases_text.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;

TEST(RatePhaseTest, TextsAreReadBack) {
  for (const char* text : {"hold 0 5s", "ramp 0..20000 30s", "hold 12.5 1m30s", "spike 7 5s"}) {
    EXPECT_EQ(ToString(ParsePhases(text)->front()), text);
  }
}

TEST(RatePhaseTest, TheAverageWeighsThePhasesByTheirLength) {
  const auto phases = ParsePhases("ramp 0..100 2s, hold 6s");
  EXPECT_EQ(LengthOf(*phases), seconds(8));
  EXPECT_EQ(AverageRate(*phases), 87.5);
}

TEST(RatePhaseTest, AveragesTheRateUpToAMoment) {
  const auto phases = *ParsePhases("ramp 0..100 2s, hold 6s");
  EXPECT_EQ(AverageRateUntil(phases, seconds(1)), 25);
  EXPECT_EQ(AverageRateUntil(phases, seconds(2)), 50);
  EXPECT_EQ(AverageRateUntil(phases, seconds(4)), 75);
  EXPECT_EQ(AverageRateUntil(phases, seconds(8)), 87.5);
  EXPECT_EQ(AverageRateUntil(phases, seconds(9)), 87.5);
}

TEST(RatePhaseTest, EveryMomentHasItsPlaceInThePhases) {
  const auto phases = *ParsePhases("ramp 0..100 2s, hold 6s");
  const auto expect = [&phases](Duration elapsed, std::size_t index, Duration left, double rate) {
    const RatePhasePlace place = PlaceIn(phases, elapsed);
    EXPECT_EQ(place.index, index);
    EXPECT_EQ(place.left, left);
    EXPECT_EQ(place.rate, rate);
  };
  expect(seconds(-1), 0, seconds(2), 0);
  expect(seconds(1), 0, seconds(1), 50);
  expect(seconds(2), 1, seconds(6), 100);
  expect(seconds(7), 1, seconds(1), 100);
  expect(seconds(9), 1, seconds(0), 100);
}

}  // namespace
}  // namespace phx::loadgen
