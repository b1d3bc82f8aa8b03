#include "loadgen/comparison.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/json_report.h"
#include "loadgen/make_report.h"
#include "loadgen/run_file.h"
#include "loadgen/sample_result.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A run of ten seconds, in each of which ten replies came after `typical`, give or take a little.
RunResult RunOf(Duration typical, int intervals = 10) {
  RunResult result = BaseResult();
  result.recorders[Phase::kSetup].Count(Counter::kConnected, 100);
  for (int i = 0; i < intervals; ++i) {
    PhaseRecorders interval;
    Recorder& measured = interval[Phase::kMeasured];
    measured.Count(Counter::kRepliesInTime, 1000);
    for (int reply = 0; reply < 10; ++reply) {
      measured.Record(Metric::kReply, typical + microseconds((i * 7) % 10 + reply));
    }
    result.recorders.Merge(interval);
    result.series.Add(seconds(i), seconds(i + 1), Phase::kMeasured, interval);
  }
  return result;
}

nlohmann::json FileOf(const RunResult& result, const Plan& plan = SamplePlan()) {
  const auto run = ParseRunFile(FormatJson(MakeReport(plan, result)));
  EXPECT_TRUE(run.ok()) << run.status();
  return run.ok() ? *run : nlohmann::json();
}

const ComparedFigure& FigureOf(const Comparison& comparison, const std::string& name) {
  for (const ComparedFigure& figure : comparison.figures) {
    if (figure.name == name) return figure;
  }
  throw std::out_of_range(name);
}

TEST(ComparisonTest, SlowerInEveryIntervalIsWorseAndTheOtherWayRoundBetter) {
  const nlohmann::json fast = FileOf(RunOf(microseconds(200)));
  const nlohmann::json slow = FileOf(RunOf(microseconds(260)));
  const Comparison worse = Compare(fast, slow, {});
  EXPECT_TRUE(worse.is_worse());
  EXPECT_EQ(FigureOf(worse, "reply.p50").difference, Difference::kWorse);
  EXPECT_LT(FigureOf(worse, "reply.p50").p, 0.001);
  EXPECT_NEAR(FigureOf(worse, "reply.p50").change(), 0.29, 0.01);
  EXPECT_EQ(FigureOf(worse, "rate").difference, Difference::kNone);
  const Comparison better = Compare(slow, fast, {});
  EXPECT_FALSE(better.is_worse());
  EXPECT_EQ(FigureOf(better, "reply.p99").difference, Difference::kBetter);
}

TEST(ComparisonTest, RunsWithoutRepliesAreComparedByWhatTheyWereAbout) {
  Plan plan = SamplePlan();
  plan.kinds.front().workload = Workload::kBroadcast;
  const auto run_of = [&plan](Duration typical, int each_second) {
    RunResult result = BaseResult();
    result.recorders[Phase::kSetup].Count(Counter::kConnected, 100);
    for (int i = 0; i < 10; ++i) {
      PhaseRecorders interval;
      Recorder& measured = interval[Phase::kMeasured];
      measured.Count(Counter::kPushesSent, each_second + i);
      measured.Count(Counter::kBroadcasts, 2 * (each_second + i));
      measured.Record(Metric::kBroadcast, typical + microseconds(i));
      result.recorders.Merge(interval);
      result.series.Add(seconds(i), seconds(i + 1), Phase::kMeasured, interval);
    }
    return FileOf(result, plan);
  };
  const Comparison slower =
      Compare(run_of(microseconds(200), 50), run_of(microseconds(300), 50), {});
  EXPECT_EQ(FigureOf(slower, "broadcast.p99").difference, Difference::kWorse);
  EXPECT_EQ(FigureOf(slower, "rate").difference, Difference::kNone);
  const Comparison fewer =
      Compare(run_of(microseconds(200), 50), run_of(microseconds(200), 20), {});
  EXPECT_EQ(FigureOf(fewer, "rate").difference, Difference::kWorse);
  plan.kinds.front().workload = Workload::kCast;
  const Comparison casts =
      Compare(run_of(microseconds(200), 50), run_of(microseconds(200), 20), {});
  EXPECT_EQ(FigureOf(casts, "rate").difference, Difference::kWorse);
  EXPECT_EQ(casts.figures.size(), 3);  // and connect and join
}

TEST(ComparisonTest, ARunIsNotWorseThanItself) {
  const nlohmann::json run = FileOf(RunOf(microseconds(200)));
  const Comparison comparison = Compare(run, run, {});
  EXPECT_FALSE(comparison.is_worse());
  EXPECT_EQ(FigureOf(comparison, "reply.p50").p, 1);
}

TEST(ComparisonTest, ACertainDifferenceBelowTheToleranceDoesNotCount) {
  const nlohmann::json a = FileOf(RunOf(microseconds(2000)));
  const nlohmann::json b = FileOf(RunOf(microseconds(2050)));
  const Comparison comparison = Compare(a, b, {});
  EXPECT_LT(FigureOf(comparison, "reply.p50").p, 0.01);
  EXPECT_EQ(FigureOf(comparison, "reply.p50").difference, Difference::kNone);
  EXPECT_TRUE(Compare(a, b, {.tolerance = 0.01}).is_worse());
}

TEST(ComparisonTest, FewIntervalsAreNotTested) {
  const nlohmann::json a = FileOf(RunOf(microseconds(200), 7));
  const nlohmann::json b = FileOf(RunOf(microseconds(900), 7));
  const Comparison comparison = Compare(a, b, {});
  EXPECT_EQ(FigureOf(comparison, "reply.p50").p, std::nullopt);
  EXPECT_EQ(FigureOf(comparison, "reply.p50").difference, Difference::kUntested);
  EXPECT_FALSE(comparison.is_worse());
}

TEST(ComparisonTest, SaysWhichTestOnWhatAndWhereTheRunsWereNotAlike) {
  Plan plan = SamplePlan();
  plan.given = {{"rate", "1000"}, {"json", "a.json"}, {"label", "commit=1f3a"}};
  plan.labels = {{"commit", "1f3a"}};
  Plan other = SamplePlan();
  other.given = {{"rate", "2000"}, {"connections", "5"}};
  const Comparison comparison =
      Compare(FileOf(RunOf(microseconds(200)), plan), FileOf(RunOf(microseconds(260)), other), {});
  EXPECT_THAT(comparison.unlike,
              ElementsAre("--connections: not given and 5", "--rate: 1000 and 2000"));
  const std::string text = FormatComparison(comparison);
  EXPECT_THAT(text, HasSubstr("Mann-Whitney U test, two-sided, on the values of the intervals"));
  EXPECT_THAT(text, HasSubstr("10 intervals"));
  EXPECT_THAT(text, HasSubstr("a: commit=1f3a, ws://"));
  EXPECT_THAT(text, HasSubstr("--rate: 1000 and 2000"));
  EXPECT_THAT(text, HasSubstr("\nWORSE\n"));
}

TEST(RunFileTest, SaysWhatAFileIsInstead) {
  const auto mistake = [](std::string_view text) {
    return std::string(ParseRunFile(text).status().message());
  };
  EXPECT_THAT(mistake("{\"a\":"), HasSubstr("is not JSON from byte 6 on"));
  EXPECT_THAT(mistake("[1e400]"), HasSubstr("has a number that is too large"));
  EXPECT_THAT(mistake("[1]"), HasSubstr("no run of loadgen"));
  EXPECT_THAT(mistake(R"({"schema":"phoenix-loadgen-run","schema_version":1})"),
              HasSubstr("has version 1 of the schema, and this program reads 2"));
  EXPECT_THAT(mistake(R"({"schema":"phoenix-loadgen-run","schema_version":2})"),
              HasSubstr("lacks parts of a run"));
}

}  // namespace
}  // namespace phx::loadgen
