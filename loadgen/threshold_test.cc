#include "loadgen/threshold.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

Threshold Parsed(std::string_view text) {
  const absl::StatusOr<Threshold> threshold = ParseThreshold(text);
  EXPECT_TRUE(threshold.ok()) << threshold.status();
  return threshold.ok() ? *threshold : Threshold{};
}

std::string Mistake(std::string_view text) {
  return std::string(ParseThreshold(text).status().message());
}

TEST(ThresholdTest, PercentilesOfLatenciesOfAnyPrecision) {
  const Threshold threshold = Parsed("reply.p99.99 > 50ms");
  EXPECT_EQ(threshold.text, "reply.p99.99 > 50ms");
  EXPECT_EQ(threshold.figure, Figure::kLatency);
  EXPECT_EQ(threshold.metric, Metric::kReply);
  EXPECT_EQ(threshold.statistic, Statistic::kPercentile);
  EXPECT_EQ(threshold.percent, 99.99);
  EXPECT_EQ(threshold.relation, Relation::kMore);
  EXPECT_EQ(threshold.limit, 50e6);
  EXPECT_EQ(Parsed("join.max>=1m30s").limit, 90e9);
  EXPECT_EQ(Parsed("connect.mean < 1ms").statistic, Statistic::kMean);
  EXPECT_EQ(Parsed("connect.stdev < 1ms").statistic, Statistic::kStdev);
  EXPECT_EQ(Parsed("connect.min < 1ms").statistic, Statistic::kMin);
  EXPECT_EQ(Parsed("connect.max < 1ms").statistic, Statistic::kMax);
}

TEST(ThresholdTest, CountsAreNumbersOrShares) {
  const Threshold number = Parsed("joins < 1000");
  EXPECT_EQ(number.figure, Figure::kJoins);
  EXPECT_FALSE(number.is_share);
  EXPECT_EQ(number.limit, 1000);
  const Threshold share = Parsed("  errors>0.1 %  ");
  EXPECT_EQ(share.figure, Figure::kErrors);
  EXPECT_TRUE(share.is_share);
  EXPECT_DOUBLE_EQ(share.limit, 0.001);
}

TEST(ThresholdTest, AShareThatIsExactlyTheLimitIsNotBeyondIt) {
  for (int tenths = 1; tenths <= 1000; ++tenths) {
    const std::string percent = absl::StrCat(tenths / 10, ".", tenths % 10, "%");
    const double share = tenths / 1000.0;  // as so many of a thousand are
    EXPECT_FALSE(Parsed("errors > " + percent).Holds(share)) << percent;
    EXPECT_FALSE(Parsed("joins < " + percent).Holds(share)) << percent;
    EXPECT_TRUE(Parsed("joins >= " + percent).Holds(share)) << percent;
  }
}

TEST(ThresholdTest, HoldsAsItsComparisonSays) {
  EXPECT_TRUE(Parsed("errors > 1").Holds(2));
  EXPECT_FALSE(Parsed("errors > 1").Holds(1));
  EXPECT_TRUE(Parsed("errors >= 1").Holds(1));
  EXPECT_FALSE(Parsed("errors >= 1").Holds(0));
  EXPECT_TRUE(Parsed("joins < 1").Holds(0));
  EXPECT_FALSE(Parsed("joins < 1").Holds(1));
  EXPECT_TRUE(Parsed("joins <= 1").Holds(1));
  EXPECT_FALSE(Parsed("joins <= 1").Holds(2));
  EXPECT_TRUE(Parsed("joins == 1").Holds(1));
  EXPECT_FALSE(Parsed("joins == 1").Holds(2));
  EXPECT_TRUE(Parsed("joins != 1").Holds(2));
  EXPECT_FALSE(Parsed("joins != 1").Holds(1));
}

TEST(ThresholdTest, FiguresOfOneKindOfUsersAndOfErrors) {
  const Threshold latency = Parsed("chatter.reply.p99.9 > 50ms");
  EXPECT_EQ(latency.users, "chatter");
  EXPECT_EQ(latency.metric, Metric::kReply);
  EXPECT_EQ(latency.percent, 99.9);
  EXPECT_EQ(Parsed("reader_2.joins < 5").users, "reader_2");
  EXPECT_EQ(Parsed("joins < 5").users, "");
  const Threshold errors = Parsed("errors.http_403 > 1%");
  EXPECT_EQ(errors.figure, Figure::kErrors);
  EXPECT_EQ(errors.error_kind, "http_403");
  EXPECT_TRUE(errors.is_share);
  EXPECT_EQ(Parsed("chatter.errors.close_1012 > 0").error_kind, "close_1012");
}

TEST(ThresholdTest, NamesOfFiguresAreKnown) {
  EXPECT_TRUE(IsFigure("reply"));
  EXPECT_TRUE(IsFigure("errors"));
  EXPECT_FALSE(IsFigure("chatter"));
}

TEST(ThresholdTest, MistakesPointAtTheirPlace) {
  EXPECT_THAT(Mistake("chatter.missing > 0"), HasSubstr("\n        ^ is known of all users"));
  EXPECT_THAT(Mistake("chatter.answer > 0"), HasSubstr("\n^ is no figure"));
  EXPECT_THAT(Mistake("joins.http_403 > 0"), HasSubstr("\n     ^ joins is one number"));
  EXPECT_THAT(Mistake("answer.p99 > 50ms"),
              StartsWith("answer.p99 > 50ms\n^ is no figure; there are connect, dns, tcp"));
  EXPECT_THAT(Mistake("reply > 50ms"), StartsWith("reply > 50ms\n     ^ which? Write reply.p99"));
  EXPECT_THAT(Mistake("reply.q99 > 50ms"), StartsWith("reply.q99 > 50ms\n      ^ is no statistic"));
  EXPECT_THAT(Mistake("reply.p101 > 50ms"), HasSubstr("\n      ^ is no statistic"));
  EXPECT_THAT(Mistake("errors.p99 > 1"), HasSubstr("\n      ^ errors is one number"));
  EXPECT_THAT(Mistake("errors 1"), StartsWith("errors 1\n       ^ a comparison belongs here"));
  EXPECT_THAT(Mistake("reply.p99 > 50"), HasSubstr("\n            ^ a duration with its unit"));
  EXPECT_THAT(Mistake("errors > many"), HasSubstr("\n         ^ a number belongs here"));
  EXPECT_THAT(Mistake("errors >"), HasSubstr("\n        ^ a number belongs here"));
  EXPECT_THAT(Mistake("achieved < 0.95"), HasSubstr("\n               ^ achieved is a share"));
  EXPECT_THAT(Mistake("rate < 95%"), HasSubstr("\n         ^ a rate is a number per second"));
  EXPECT_THAT(Mistake(""), StartsWith("\n^ is no figure"));
}

TEST(ThresholdTest, EveryFigureThatIsDescribedCanBeWritten) {
  const std::vector<std::string> lines = DescribeFigures();
  EXPECT_THAT(lines, Contains(StartsWith("reply.p99  ")));
  for (const std::string& line : lines) {
    const std::string figure = line.substr(0, line.find(' '));
    const char* limit = figure.ends_with(".p99") ? " > 1ms"
                        : figure == "achieved"   ? " > 1%"
                                                 : " > 1";
    EXPECT_EQ(Parsed(figure + limit).text, figure + limit);
  }
}

}  // namespace
}  // namespace phx::loadgen
