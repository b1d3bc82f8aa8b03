#include "loadgen/quantity_text.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(QuantityTextTest, CountsHaveThousandsSeparators) {
  EXPECT_EQ(CountText(0), "0");
  EXPECT_EQ(CountText(999), "999");
  EXPECT_EQ(CountText(1000), "1,000");
  EXPECT_EQ(CountText(1234567), "1,234,567");
}

TEST(QuantityTextTest, RatesHaveTenthsBelowAMillion) {
  EXPECT_EQ(RateText(0), "0.0/s");
  EXPECT_EQ(RateText(0.25), "0.3/s");
  EXPECT_EQ(RateText(19999.96), "20,000.0/s");
  EXPECT_EQ(RateText(1234567.4), "1,234,567/s");
}

TEST(QuantityTextTest, DurationsHaveThreeDigits) {
  EXPECT_EQ(DurationText(nanoseconds(0)), "0 ns");
  EXPECT_EQ(DurationText(nanoseconds(999)), "999 ns");
  EXPECT_EQ(DurationText(nanoseconds(1234)), "1.23 µs");
  EXPECT_EQ(DurationText(microseconds(812)), "812 µs");
  EXPECT_EQ(DurationText(microseconds(12345)), "12.3 ms");
  EXPECT_EQ(DurationText(milliseconds(1500)), "1.50 s");
  EXPECT_EQ(DurationText(seconds(7200)), "7200 s");
}

TEST(QuantityTextTest, DurationsThatRoundUpTakeTheNextUnit) {
  EXPECT_EQ(DurationText(nanoseconds(999'600)), "1.00 ms");
  EXPECT_EQ(DurationText(nanoseconds(9'996)), "10.0 µs");
  EXPECT_EQ(DurationText(nanoseconds(99'960)), "100 µs");
}

TEST(QuantityTextTest, SharesAreInPercent) { EXPECT_EQ(PercentText(0.9874), "98.7 %"); }

}  // namespace
}  // namespace phx::loadgen
