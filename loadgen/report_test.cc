#include "loadgen/report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/sample_result.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ReportTest, PassesWhenEverythingWasAnswered) {
  const Report report = MakeReport(SamplePlan(), PassedResult());
  EXPECT_TRUE(report.passed);
  EXPECT_THAT(report.reasons, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_EQ(report.connections.done, 100);
  EXPECT_EQ(report.joins.done, 200);
  EXPECT_EQ(report.rates.replied, 1000);
  EXPECT_EQ(report.rates.achieved(), 1);
}

TEST(ReportTest, BooksBalance) {
  for (const RunResult& result : {PassedResult(), FailedResult()}) {
    const PushCounts pushes = MakeReport(SamplePlan(), result).pushes;
    EXPECT_EQ(pushes.due, pushes.sent + pushes.skipped_busy + pushes.skipped_down + pushes.unsent);
    EXPECT_EQ(pushes.sent, pushes.replies + pushes.failed);
  }
}

TEST(ReportTest, SummarizesLatencies) {
  const LatencySummary push = MakeReport(SamplePlan(), PassedResult()).push;
  EXPECT_EQ(push.count, 10'000);
  EXPECT_EQ(push.min, microseconds(1));
  EXPECT_NEAR(ToSeconds(push.percentiles[0]), 0.005, 0.005 / 256);    // p50
  EXPECT_NEAR(ToSeconds(push.percentiles[2]), 0.0099, 0.0099 / 256);  // p99
  EXPECT_EQ(push.max, milliseconds(10));
}

TEST(ReportTest, ErrorsFailTheRunAndKeepTheirPhase) {
  const Report report = MakeReport(SamplePlan(), FailedResult());
  EXPECT_FALSE(report.passed);
  EXPECT_THAT(report.reasons, ElementsAre("1,205 errors", HasSubstr("60.0 % of the 1,000.0/s")));
  ASSERT_EQ(report.errors.size(), 4);
  EXPECT_EQ(report.errors[0].phase, Phase::kSetup);
  EXPECT_EQ(report.errors[0].count, 3);
  EXPECT_EQ(report.errors[1].phase, Phase::kWarmup);
  EXPECT_EQ(report.errors[2].stage, Stage::kConnection);
  EXPECT_EQ(report.errors[3].example, R"({"reason":"slow down"})");
}

TEST(ReportTest, AllowErrorsLetsARunWithErrorsPass) {
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured].Fail(Stage::kConnection, Cause::kClosed, "1012");
  Plan plan = SamplePlan();
  EXPECT_FALSE(MakeReport(plan, result).passed);
  plan.allow_errors = true;
  EXPECT_TRUE(MakeReport(plan, result).passed);
}

TEST(ReportTest, MinAchievedDecidesOnTheRate) {
  RunResult result = PassedResult();
  result.measured_time = milliseconds(10'600);  // 943 of 1000 replies a second
  Plan plan = SamplePlan();
  EXPECT_THAT(MakeReport(plan, result).reasons,
              ElementsAre("replies came at 943.4/s, 94.3 % of the 1,000.0/s asked for; "
                          "--min-achieved is 95.0 %"));
  plan.min_achieved = 0.94;
  EXPECT_TRUE(MakeReport(plan, result).passed);
  plan.min_achieved = 0;
  result.measured_time = seconds(1000);
  EXPECT_TRUE(MakeReport(plan, result).passed);
}

TEST(ReportTest, HoldingConnectionsNeedsNoPushes) {
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured] = Recorder();
  Plan plan = SamplePlan();
  plan.rate = 0;
  EXPECT_TRUE(MakeReport(plan, result).passed);
}

TEST(ReportTest, NothingOpenedFailsEvenIfErrorsAreAllowed) {
  Plan plan = SamplePlan();
  plan.allow_errors = true;
  EXPECT_THAT(MakeReport(plan, RunResult()).reasons, ElementsAre("no connection was opened"));
}

TEST(ReportTest, NothingMeasuredFails) {
  RunResult result = PassedResult();
  result.measured_time = {};
  EXPECT_THAT(MakeReport(SamplePlan(), result).reasons,
              ElementsAre("no channel was joined, so nothing was measured"));
  result.interrupted = true;
  EXPECT_THAT(MakeReport(SamplePlan(), result).reasons,
              ElementsAre("the run was stopped before anything was measured"));
}

TEST(ReportTest, SaysWhenTheGeneratorWasTheLimit) {
  RunResult late = PassedResult();
  late.recorders[Phase::kMeasured].Count(Counter::kPushesLate, 101);
  EXPECT_THAT(
      MakeReport(SamplePlan(), late).warnings,
      ElementsAre(HasSubstr("was the limit: its busiest thread used 31.0 % of a core, 101 pushes "
                            "left late and 0 never left. It was kept waiting")));

  RunResult unsent = PassedResult();
  unsent.recorders[Phase::kMeasured].Count(Counter::kUnsent);
  EXPECT_THAT(MakeReport(SamplePlan(), unsent).warnings, ElementsAre(HasSubstr("1 never left")));
}

TEST(ReportTest, SaysWhenTheGeneratorWasNearItsLimit) {
  RunResult busy = PassedResult();
  busy.workers[1].cpu = 0.97;
  EXPECT_THAT(MakeReport(SamplePlan(), busy).warnings,
              ElementsAre(HasSubstr("near its limit: its busiest thread used 97.0 % of a core, and "
                                    "its turns came 59.0 µs late (p99). The latencies")));

  RunResult lagging = PassedResult();
  for (int i = 0; i < 100; ++i) {
    lagging.recorders[Phase::kMeasured].Record(Metric::kLoopLag, milliseconds(6));
  }
  EXPECT_THAT(MakeReport(SamplePlan(), lagging).warnings,
              ElementsAre(HasSubstr("kept waiting for its core by something else")));
}

TEST(ReportTest, AFewLatePushesAreNoLimit) {
  RunResult late = PassedResult();
  late.recorders[Phase::kMeasured].Count(Counter::kPushesLate, 100);
  EXPECT_THAT(MakeReport(SamplePlan(), late).warnings, IsEmpty());
}

TEST(ReportTest, AdviceKnowsThatAnEmbeddedServerSharesTheMachine) {
  RunResult busy = PassedResult();
  busy.workers[0].cpu = 1;
  Plan plan = SamplePlan();
  EXPECT_THAT(MakeReport(plan, busy).warnings[0], HasSubstr("give more --threads"));
  plan.embedded = true;
  EXPECT_THAT(MakeReport(plan, busy).warnings[0], HasSubstr("run the server elsewhere"));
}

}  // namespace
}  // namespace phx::loadgen
