#include "loadgen/rate_search.h"

#include <functional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;

// The rates that a search measures on a server of which `holds` tells.
std::vector<double> Measure(RateSearch* search, const std::function<bool(double)>& holds) {
  std::vector<double> rates;
  while (const std::optional<double> rate = search->next()) {
    rates.push_back(*rate);
    search->Record(holds(*rate));
  }
  return rates;
}

std::function<bool(double)> UpTo(double limit) {
  return [limit](double rate) { return rate <= limit; };
}

TEST(RateSearchTest, StepsUpThenHalvesThenRepeats) {
  RateSearch search({.first = 1000, .factor = 2, .precision = 0.2});
  EXPECT_THAT(Measure(&search, UpTo(5000)), ElementsAre(1000, 2000, 4000, 8000, 5657, 4757, 4757));
  EXPECT_EQ(search.found(), 4757);
}

TEST(RateSearchTest, StepsDownIfTheFirstRateIsTooMuch) {
  RateSearch search({.first = 1000, .factor = 2, .precision = 0.5});
  EXPECT_THAT(Measure(&search, UpTo(300)), ElementsAre(1000, 500, 250, 354, 250));
  EXPECT_EQ(search.found(), 250);
}

TEST(RateSearchTest, FindsEveryLimitAsPreciselyAsItWasAskedTo) {
  double limit = 20;
  while (limit < 1'000'000) {
    RateSearch search({.first = 1000, .precision = 0.02});
    const std::size_t measured = Measure(&search, UpTo(limit)).size();
    ASSERT_TRUE(search.found().has_value()) << limit;
    EXPECT_LE(*search.found(), limit);
    EXPECT_GE(*search.found(), limit / 1.03);
    EXPECT_LE(measured, 20);
    limit *= 1.37;
  }
}

TEST(RateSearchTest, AServerThatHoldsNothingIsGivenUp) {
  RateSearch search({.first = 1000, .factor = 10});
  EXPECT_EQ(Measure(&search, UpTo(0)).back(), 0.001);
  EXPECT_EQ(search.found(), std::nullopt);
}

TEST(RateSearchTest, StopsAtTheHighestRateThatMayBeTried) {
  RateSearch search({.first = 1000, .factor = 4, .max = 10'000});
  EXPECT_THAT(Measure(&search, UpTo(1e9)), ElementsAre(1000, 4000, 10'000, 10'000));
  EXPECT_EQ(search.found(), 10'000);
}

// What held once by luck, and then not again, is not the result.
TEST(RateSearchTest, GoesOnLowerIfTheRepeatFails) {
  RateSearch search({.first = 1000, .factor = 2, .precision = 0.25});
  int measured = 0;
  // 1,000 and 2,000 hold, 4,000 and 2,828 do not, 2,378 holds once.
  const auto holds = [&measured](double rate) { return rate <= (++measured <= 5 ? 2500 : 2000); };
  EXPECT_THAT(Measure(&search, holds), ElementsAre(1000, 2000, 4000, 2828, 2378, 2378, 1902, 1902));
  EXPECT_EQ(search.found(), 1902);
}

TEST(RateSearchTest, AServerThatNeverHoldsTheSameTwiceIsGivenUp) {
  RateSearch search({.first = 1000, .factor = 2});
  int measured = 0;
  const auto holds = [&measured](double rate) { return ++measured <= 2 && rate < 3000; };
  EXPECT_LE(Measure(&search, holds).size(), 20);
  EXPECT_EQ(search.found(), std::nullopt);
}

}  // namespace
}  // namespace phx::loadgen
