#include "loadgen/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double kPrecision = 1.0 / 256;  // what the header promises

std::vector<Duration> RandomDurations(int count) {
  std::mt19937_64 engine(7);
  std::lognormal_distribution<double> distribution(13, 3);  // 50 ns to minutes
  std::vector<Duration> durations;
  durations.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) durations.emplace_back(std::llround(distribution(engine)));
  return durations;
}

TEST(LatencyAxisTest, EachBinBeginsWhereTheOneBeforeEnds) {
  const LatencyAxis axis;
  for (int bin = 0; bin < axis.size(); ++bin) {
    ASSERT_EQ(axis.index(axis.value(bin)), bin);
    ASSERT_EQ(axis.index(axis.upper_value(bin)), bin);
    ASSERT_EQ(axis.upper_value(bin) + 1, axis.value(bin + 1));
  }
}

TEST(LatencyAxisTest, BinsAreNoWiderThanPromised) {
  const LatencyAxis axis;
  for (int bin = 0; bin < axis.size(); ++bin) {
    const double width = axis.value(bin + 1) - axis.value(bin);
    ASSERT_LE(width, std::max(1.0, axis.value(bin) * kPrecision)) << bin;
  }
}

TEST(LatencyAxisTest, LongerDurationsCountAsTheLongest) {
  const LatencyAxis axis;
  EXPECT_EQ(axis.index(LatencyAxis::kMaxValue), axis.size() - 1);
  EXPECT_EQ(axis.index(~std::uint64_t{0}), axis.size() - 1);
}

TEST(LatencyHistogramTest, EmptyHasNothing) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0);
  EXPECT_EQ(histogram.min(), Duration::zero());
  EXPECT_EQ(histogram.max(), Duration::zero());
  EXPECT_EQ(histogram.mean(), Duration::zero());
  EXPECT_EQ(histogram.standard_deviation(), Duration::zero());
  EXPECT_EQ(histogram.Percentile(99), Duration::zero());
}

TEST(LatencyHistogramTest, OneValueIsEveryPercentile) {
  LatencyHistogram histogram;
  histogram.Record(microseconds(1234));
  for (const double percent : {0.0, 50.0, 99.99, 100.0}) {
    EXPECT_EQ(histogram.Percentile(percent), microseconds(1234));
  }
  EXPECT_EQ(histogram.mean(), microseconds(1234));
}

TEST(LatencyHistogramTest, PercentilesAreNeverBelowTheExactOnesAndAtMostABinAbove) {
  std::vector<Duration> durations = RandomDurations(100'000);
  LatencyHistogram histogram;
  for (const Duration& duration : durations) histogram.Record(duration);
  std::sort(durations.begin(), durations.end());
  for (const double percent : {0.1, 10.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(std::llround(std::ceil(percent * 1000 - 1e-6)));
    const double exact = durations[rank - 1].count();
    const double given = histogram.Percentile(percent).count();
    EXPECT_GE(given, exact) << percent;
    EXPECT_LE(given, exact + std::max(1.0, exact * kPrecision)) << percent;
  }
}

TEST(LatencyHistogramTest, PercentilesThatAreNotExactInBinaryDoNotSlipByARank) {
  LatencyHistogram histogram;
  for (int i = 0; i < 999; ++i) histogram.Record(milliseconds(1));
  histogram.Record(milliseconds(50));
  EXPECT_LT(histogram.Percentile(99.9), milliseconds(2));
  EXPECT_EQ(histogram.Percentile(99.91), milliseconds(50));
}

TEST(LatencyHistogramTest, MinMaxAndMeanAreExact) {
  LatencyHistogram histogram;
  histogram.Record(nanoseconds(1'000'001));
  histogram.Record(nanoseconds(3'000'005));
  EXPECT_EQ(histogram.min(), nanoseconds(1'000'001));
  EXPECT_EQ(histogram.max(), nanoseconds(3'000'005));
  EXPECT_EQ(histogram.mean(), nanoseconds(2'000'003));
}

// The reference is the definition, on the durations themselves.
TEST(LatencyHistogramTest, TheStandardDeviationIsThatOfTheDurationsButForTheWidthOfABin) {
  LatencyHistogram histogram;
  const std::vector<Duration> durations = RandomDurations(10'000);
  double mean = 0;
  for (const Duration& duration : durations) mean += duration.count() / 10'000.0;
  double variance = 0;
  for (const Duration& duration : durations) {
    histogram.Record(duration);
    variance += std::pow(duration.count() - mean, 2) / 10'000.0;
  }
  const double exact = std::sqrt(variance);
  EXPECT_NEAR(histogram.standard_deviation().count(), exact, exact * kPrecision);
}

TEST(LatencyHistogramTest, EqualDurationsDoNotDeviate) {
  LatencyHistogram histogram;
  for (int i = 0; i < 3; ++i) histogram.Record(nanoseconds(1'000'003));
  EXPECT_EQ(histogram.standard_deviation(), Duration::zero());
}

TEST(LatencyHistogramTest, NegativeCountsAsZeroAndHugeKeepsItsMaximum) {
  LatencyHistogram histogram;
  histogram.Record(nanoseconds(-5));
  histogram.Record(hours(5));
  EXPECT_EQ(histogram.min(), Duration::zero());
  EXPECT_EQ(histogram.max(), hours(5));
  EXPECT_EQ(histogram.count(), 2);
}

TEST(LatencyHistogramTest, MergedIsTheOneThatWouldHaveRecordedEverything) {
  const std::vector<Duration> durations = RandomDurations(10'000);
  LatencyHistogram whole;
  std::vector<LatencyHistogram> parts(3);
  for (std::size_t i = 0; i < durations.size(); ++i) {
    whole.Record(durations[i]);
    parts[i % 3].Record(durations[i]);
  }
  LatencyHistogram merged;
  merged.Merge(LatencyHistogram());
  for (const LatencyHistogram& part : parts) merged.Merge(part);
  EXPECT_EQ(merged.count(), whole.count());
  EXPECT_EQ(merged.min(), whole.min());
  EXPECT_EQ(merged.max(), whole.max());
  EXPECT_NEAR(merged.mean().count(), whole.mean().count(), 1);
  for (int half = 0; half <= 200; ++half) {
    const double percent = half / 2.0;
    EXPECT_EQ(merged.Percentile(percent), whole.Percentile(percent));
  }
}

TEST(LatencyHistogramTest, IsMadeOfItsContentsAgain) {
  LatencyHistogram histogram;
  for (int i = 0; i < 1000; ++i) histogram.Record(Duration(i * i * 977));
  const auto again = LatencyHistogram::FromContents(histogram.contents());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->count(), histogram.count());
  EXPECT_EQ(again->min(), histogram.min());
  EXPECT_EQ(again->max(), histogram.max());
  EXPECT_EQ(again->mean(), histogram.mean());
  for (const double percent : {1.0, 50.0, 99.9}) {
    EXPECT_EQ(again->Percentile(percent), histogram.Percentile(percent));
  }
  const auto empty = LatencyHistogram::FromContents(LatencyHistogram().contents());
  ASSERT_TRUE(empty.has_value());
  EXPECT_EQ(empty->count(), 0);
}

TEST(LatencyHistogramTest, OtherBinsAreRefused) {
  LatencyHistogram histogram;
  histogram.Record(std::chrono::milliseconds(1));
  LatencyHistogram::Contents contents = histogram.contents();
  contents.bins[0].low += Duration(1);
  EXPECT_FALSE(LatencyHistogram::FromContents(contents).has_value());
  contents.bins[0].low = Duration(-1);
  EXPECT_FALSE(LatencyHistogram::FromContents(contents).has_value());
}

TEST(LatencyHistogramTest, BinsHoldEverythingThatWasRecorded) {
  LatencyHistogram histogram;
  EXPECT_TRUE(histogram.bins().empty());
  for (const std::int64_t value : {7L, 7L, 1'000'003L, 90'000'000'001L})
    histogram.Record(Duration(value));
  const std::vector<LatencyHistogram::Bin> bins = histogram.bins();
  ASSERT_EQ(bins.size(), 3);
  EXPECT_EQ(bins[0].low, Duration(7));
  EXPECT_EQ(bins[0].high, Duration(7));
  EXPECT_EQ(bins[0].count, 2);
  EXPECT_LE(bins[1].low, Duration(1'000'003));
  EXPECT_GE(bins[1].high, Duration(1'000'003));
  EXPECT_EQ(bins[2].count, 1);
}

}  // namespace
}  // namespace phx::loadgen
