#include "loadgen/make_report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/sample_result.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::IsEmpty;

TEST(MakeReportTest, PassesWhenEverythingWasAnswered) {
  const Report report = MakeReport(SamplePlan(), PassedResult());
  EXPECT_TRUE(report.verdict.passed());
  EXPECT_THAT(report.verdict.reasons, IsEmpty());
  EXPECT_THAT(report.verdict.warnings, IsEmpty());
  EXPECT_EQ(report.attempts, 100 + 200 + 10'000);
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_EQ(report.connections.done, 100);
  EXPECT_EQ(report.joins.done, 200);
  EXPECT_EQ(report.rates.replied, 1000);
  EXPECT_EQ(report.rates.achieved(), 1);
}

TEST(MakeReportTest, ARunThatWasCutShortWasAskedForItsPhasesUpToThen) {
  Plan plan = SamplePlan();
  plan.phases = {{.name = "ramp", .from = 0, .to = 2000, .length = std::chrono::seconds(10)}};
  RunResult result = PassedResult();
  result.measured_time = std::chrono::seconds(10);
  EXPECT_EQ(MakeReport(plan, result).rates.asked, 1000);
  result.interrupted = true;
  result.measured_time = std::chrono::seconds(1);
  EXPECT_EQ(MakeReport(plan, result).rates.asked, 100);
  EXPECT_GT(MakeReport(plan, result).rates.achieved(), 1);  // and not a tenth
  plan.kinds = {plan.kinds.front(), plan.kinds.front()};
  plan.kinds[0].rate_share = 0.75;
  plan.kinds[1].rate_share = 0.25;
  const Report report = MakeReport(plan, result);
  EXPECT_EQ(report.kinds[0].rates.asked, 75);
  EXPECT_EQ(report.rates.asked, 100);
}

TEST(MakeReportTest, BooksBalance) {
  for (const RunResult& result : {PassedResult(), FailedResult()}) {
    const PushCounts pushes = MakeReport(SamplePlan(), result).pushes;
    EXPECT_EQ(pushes.due, pushes.sent + pushes.skipped_busy + pushes.skipped_down + pushes.unsent);
    EXPECT_EQ(pushes.sent, pushes.replies + pushes.failed);
  }
}

TEST(MakeReportTest, SummarizesLatencies) {
  const LatencySummary push = MakeReport(SamplePlan(), PassedResult()).latency(Metric::kReply);
  EXPECT_EQ(push.count, 10'000);
  EXPECT_EQ(push.min, microseconds(1));
  EXPECT_NEAR(ToSeconds(push.percentiles[0]), 0.005, 0.005 / 256);    // p50
  EXPECT_NEAR(ToSeconds(push.percentiles[2]), 0.0099, 0.0099 / 256);  // p99
  EXPECT_EQ(push.max, milliseconds(10));
}

TEST(MakeReportTest, ErrorsKeepTheirPhase) {
  const Report report = MakeReport(SamplePlan(), FailedResult());
  EXPECT_EQ(report.error_count(), 1'205);
  ASSERT_EQ(report.errors.size(), 4);
  EXPECT_EQ(report.errors[0].phase, Phase::kSetup);
  EXPECT_EQ(report.errors[0].count, 3);
  EXPECT_EQ(report.errors[1].phase, Phase::kWarmup);
  EXPECT_EQ(report.errors[2].stage, Stage::kConnection);
  EXPECT_EQ(report.errors[3].example, R"({"reason":"slow down"})");
}

}  // namespace
}  // namespace phx::loadgen
