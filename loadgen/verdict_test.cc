#include "loadgen/verdict.h"

#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/make_plan.h"
#include "loadgen/make_report.h"
#include "loadgen/sample_result.h"
#include "loadgen/settings.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Plan PlanWith(const std::vector<std::string_view>& fail_if,
              const std::vector<std::string_view>& abort_if = {}) {
  Plan plan = SamplePlan();
  plan.fail_if.clear();
  for (const std::string_view text : fail_if) plan.fail_if.push_back(*ParseThreshold(text));
  for (const std::string_view text : abort_if) plan.abort_if.push_back(*ParseThreshold(text));
  return plan;
}

Verdict VerdictOn(const Plan& plan, const RunResult& result) {
  return MakeReport(plan, result).verdict;
}

TEST(VerdictTest, DefaultsFailOnErrorsAndOnTooLowARate) {
  const Verdict verdict = VerdictOn(SamplePlan(), FailedResult());
  EXPECT_EQ(verdict.outcome, Outcome::kThresholdFailed);
  EXPECT_THAT(verdict.reasons, ElementsAre("errors > 0 (1,205)", "achieved < 95% (60 %)"));
  EXPECT_TRUE(VerdictOn(SamplePlan(), PassedResult()).passed());
}

TEST(VerdictTest, EveryFigureIsHeldAgainstItsThreshold) {
  // What the failed sample holds, each just missed and just met.
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"errors > 1204", "errors > 1205"},
      {"errors >= 26.8%", "errors >= 26.9%"},  // of 100 + 194 + 4200
      {"connections < 98", "connections < 97"},
      {"connections < 98%", "connections < 97%"},
      {"joins < 195", "joins < 194"},
      {"pushes < 4201", "pushes < 4200"},
      {"replies < 72%", "replies < 71%"},
      {"failed > 1199", "failed > 1200"},
      {"late > 16%", "late > 17%"},
      {"skipped > 549", "skipped > 550"},
      {"unsent > 4%", "unsent > 5%"},
      {"rate < 601", "rate < 600"},
      {"achieved < 61%", "achieved < 60%"},
      {"reply.max > 299ms", "reply.max > 300ms"},
      {"reply.min > 99us", "reply.min > 100us"},
      {"reply.mean > 150ms", "reply.mean > 151ms"},
      {"reply.p50 > 149ms", "reply.p50 > 151ms"},
      {"join.p99.99 > 595us", "join.p99.99 > 596us"},
  };
  for (const auto& [failing, passing] : cases) {
    EXPECT_EQ(VerdictOn(PlanWith({failing}), FailedResult()).outcome, Outcome::kThresholdFailed)
        << failing;
    EXPECT_TRUE(VerdictOn(PlanWith({passing}), FailedResult()).passed()) << passing;
  }
}

TEST(VerdictTest, AShardIsNotHeldAgainstWhatIsOfTheWhole) {
  const std::vector<std::string_view> conditions = {"joins < 200",   "rate < 1000",
                                                    "errors > 2000", "errors > 0",
                                                    "failed > 10%",  "reply.p99 > 50ms"};
  Plan plan = PlanWith(conditions);
  EXPECT_EQ(VerdictOn(plan, FailedResult()).thresholds.size(), 6);
  plan.shard = Shard{.index = 0, .count = 2};
  std::vector<std::string> checked;
  for (const ThresholdOutcome& outcome : VerdictOn(plan, FailedResult()).thresholds) {
    checked.push_back(outcome.text);
  }
  EXPECT_THAT(checked, ElementsAre("errors > 0", "failed > 10%", "reply.p99 > 50ms"));
}

TEST(VerdictTest, AShardIsNotHeldAgainstUsersThatItHasNoneOf) {
  Plan plan = PlanWith({"rare.reply.p99 > 50ms"});
  plan.kinds.resize(2, plan.kinds.front());
  plan.kinds[0].name = "usual";
  plan.kinds[1].name = "rare";
  RunResult result = BaseResult();
  result.recorders.MergeKind(0, PassedResult().recorders);
  result.recorders.KeepKind(1, {});
  EXPECT_FALSE(VerdictOn(plan, result).passed());
  plan.shard = Shard{.index = 1, .count = 2};
  const Verdict verdict = VerdictOn(plan, result);
  EXPECT_TRUE(verdict.passed());
  EXPECT_TRUE(verdict.thresholds.empty());
}

TEST(VerdictTest, ARunThatGaveUpSaysWhy) {
  RunResult result = PassedResult();
  result.failure = "the setup was not through";
  const Verdict verdict = VerdictOn(SamplePlan(), result);
  EXPECT_EQ(verdict.outcome, Outcome::kRunFailed);
  EXPECT_THAT(verdict.reasons, ElementsAre("the setup was not through"));
}

TEST(VerdictTest, ReasonsSayTheConditionAndTheValue) {
  const Plan plan = PlanWith({"reply.p99.9 > 50ms", "errors > 0.1%", "joins < 1"});
  const Verdict verdict = VerdictOn(plan, FailedResult());
  EXPECT_THAT(verdict.reasons,
              ElementsAre("reply.p99.9 > 50ms (300 ms)", "errors > 0.1% (26.81 %)"));
  ASSERT_EQ(verdict.thresholds.size(), 3);
  EXPECT_TRUE(verdict.thresholds[1].failed);
  EXPECT_FALSE(verdict.thresholds[2].failed);
  EXPECT_EQ(verdict.thresholds[2].value, 194);
}

TEST(VerdictTest, ALatencyOfWhichNothingWasRecordedFails) {
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured] = Recorder();
  const Verdict verdict = VerdictOn(PlanWith({"reply.p99 > 1h"}), result);
  EXPECT_EQ(verdict.outcome, Outcome::kThresholdFailed);
  EXPECT_THAT(verdict.reasons, ElementsAre("reply.p99 > 1h (nothing recorded)"));
}

TEST(VerdictTest, WhereNothingWasLostAllOfItHasComeBack) {
  const Plan plan = PlanWith({"reconnects < 99%", "rejoins < 99%", "unrecovered > 1%"});
  const Verdict verdict = VerdictOn(plan, PassedResult());
  EXPECT_TRUE(verdict.passed());
  EXPECT_EQ(verdict.thresholds[0].was, "100 %");
}

TEST(VerdictTest, AbortsOnlyOnWhatIsKnown) {
  const Plan plan = PlanWith({}, {"reply.p99 > 1ns", "errors > 3"});
  RunResult result = BaseResult();
  EXPECT_EQ(FindAbort(MakeReport(plan, result)), std::nullopt);
  EXPECT_EQ(FindAbort(MakeReport(plan, PassedResult())), "reply.p99 > 1ns (9.93 ms)");
  for (int i = 0; i < 4; ++i) {
    result.recorders[Phase::kWarmup].Fail(
        {.stage = Stage::kPush, .cause = Cause::kTimeout, .message = ""});
  }
  EXPECT_EQ(FindAbort(MakeReport(plan, result)), "errors > 3 (4)");
}

TEST(VerdictTest, AnAbortedRunFailsEvenIfItsConditionHoldsNoMore) {
  RunResult result = PassedResult();
  result.interrupted = true;
  result.aborted_by = "reply.p99 > 1s (1.3 s)";
  const Verdict verdict = VerdictOn(SamplePlan(), result);
  EXPECT_EQ(verdict.outcome, Outcome::kThresholdFailed);
  EXPECT_THAT(verdict.reasons, ElementsAre("aborted: reply.p99 > 1s (1.3 s)"));
}

TEST(VerdictTest, HoldingConnectionsNeedsNoPushes) {
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured] = Recorder();
  Plan plan = SamplePlan();
  plan.rate = 0;
  EXPECT_TRUE(VerdictOn(plan, result).passed());
}

TEST(VerdictTest, NothingOpenedIsAFailedRunWhateverIsAllowed) {
  const Verdict verdict = VerdictOn(PlanWith({"errors > 100%"}), RunResult());
  EXPECT_EQ(verdict.outcome, Outcome::kRunFailed);
  EXPECT_THAT(verdict.reasons, ElementsAre("no connection was opened"));
}

TEST(VerdictTest, NothingMeasuredIsAFailedRun) {
  RunResult result = PassedResult();
  result.measured_time = {};
  const Plan plan = PlanWith({});
  EXPECT_EQ(VerdictOn(plan, result).outcome, Outcome::kRunFailed);
  EXPECT_THAT(VerdictOn(plan, result).reasons,
              ElementsAre("no channel was joined, so nothing was measured"));
  result.interrupted = true;
  EXPECT_THAT(VerdictOn(plan, result).reasons,
              ElementsAre("the run was stopped before anything was measured"));
}

TEST(VerdictTest, SaysWhenTheGeneratorWasTheLimit) {
  RunResult late = PassedResult();
  late.recorders[Phase::kMeasured].Count(Counter::kPushesLate, 101);
  EXPECT_THAT(
      VerdictOn(SamplePlan(), late).warnings,
      ElementsAre(HasSubstr("was the limit: its busiest thread used 31.0 % of a core, 101 pushes "
                            "left late and 0 never left. It was kept waiting")));

  RunResult unsent = PassedResult();
  unsent.recorders[Phase::kMeasured].Count(Counter::kUnsent);
  EXPECT_THAT(VerdictOn(SamplePlan(), unsent).warnings, ElementsAre(HasSubstr("1 never left")));
}

TEST(VerdictTest, SaysWhenTheGeneratorWasNearItsLimit) {
  RunResult busy = PassedResult();
  busy.workers[1].cpu = 0.97;
  EXPECT_THAT(VerdictOn(SamplePlan(), busy).warnings,
              ElementsAre(HasSubstr("near its limit: its busiest thread used 97.0 % of a core, and "
                                    "its turns came 59.0 µs late (p99). The latencies")));

  RunResult lagging = PassedResult();
  for (int i = 0; i < 100; ++i) {
    lagging.recorders[Phase::kMeasured].Record(Metric::kLoopLag, milliseconds(6));
  }
  EXPECT_THAT(VerdictOn(SamplePlan(), lagging).warnings,
              ElementsAre(HasSubstr("kept waiting for its core by something else")));
}

TEST(VerdictTest, AFewLatePushesAreNoLimit) {
  RunResult late = PassedResult();
  late.recorders[Phase::kMeasured].Count(Counter::kPushesLate, 100);
  EXPECT_THAT(VerdictOn(SamplePlan(), late).warnings, IsEmpty());
}

TEST(VerdictTest, AdviceKnowsThatAnEmbeddedServerSharesTheMachine) {
  RunResult busy = PassedResult();
  busy.workers[0].cpu = 1;
  Plan plan = SamplePlan();
  EXPECT_THAT(VerdictOn(plan, busy).warnings[0], HasSubstr("give more --threads"));
  plan.embedded = true;
  EXPECT_THAT(VerdictOn(plan, busy).warnings[0], HasSubstr("run the server elsewhere"));
}

TEST(VerdictTest, WhatWasLostAndIsBackHasItsFigures) {
  Settings settings;
  settings.urls = {"ws://h/socket"};
  settings.reconnect = true;
  settings.fail_if = {"reconnects < 90%", "rejoins < 100%", "lost > 5", "reconnect.max > 2s"};
  RunResult result = PassedResult();
  result.recorders[Phase::kWarmup].Count(Counter::kLost, 4);
  result.recorders[Phase::kMeasured].Count(Counter::kReconnects, 3);
  result.recorders[Phase::kMeasured].Count(Counter::kJoinsLost, 8);
  result.recorders[Phase::kMeasured].Count(Counter::kRejoins, 8);
  result.recorders[Phase::kMeasured].Record(Metric::kReconnect, std::chrono::seconds(3));
  const Verdict verdict = MakeReport(*MakePlan(settings, 4), result).verdict;
  EXPECT_THAT(verdict.reasons,
              ::testing::ElementsAre("reconnects < 90% (75 %)", "reconnect.max > 2s (3.00 s)",
                                     "unrecovered > 0 (1)"));
}

TEST(VerdictTest, ErrorsOfOneKindAreHeldAgainstTheirThreshold) {
  // By kind, by cause where there is no kind, and by the reason alone.
  EXPECT_FALSE(VerdictOn(PlanWith({"errors.http_403 > 2"}), FailedResult()).passed());
  EXPECT_TRUE(VerdictOn(PlanWith({"errors.http_403 > 3"}), FailedResult()).passed());
  EXPECT_FALSE(VerdictOn(PlanWith({"errors.timeout > 0"}), FailedResult()).passed());
  EXPECT_TRUE(VerdictOn(PlanWith({"errors.close_1012 > 0"}), FailedResult()).passed());
  RunResult result = FailedResult();
  result.recorders[Phase::kMeasured].Fail(
      {.stage = Stage::kJoin, .cause = Cause::kRefused, .kind = "error: full"}, 7);
  EXPECT_FALSE(VerdictOn(PlanWith({"errors.full > 6"}), result).passed());
  EXPECT_TRUE(VerdictOn(PlanWith({"errors.full > 7"}), result).passed());
}

TEST(VerdictTest, EachKindOfUsersIsHeldAgainstItsOwnThreshold) {
  Plan plan = PlanWith({"slow.reply.max > 50ms", "quick.reply.max > 5ms", "quick.joins < 1"});
  plan.kinds.resize(2, plan.kinds.front());
  plan.kinds[0].name = "slow";
  plan.kinds[1].name = "quick";
  RunResult result = PassedResult();
  const auto recorded = [](int milliseconds_each) {
    PhaseRecorders recorders;
    recorders[Phase::kSetup].Count(Counter::kJoined, 1);
    recorders[Phase::kMeasured].Record(Metric::kReply, milliseconds(milliseconds_each));
    return recorders;
  };
  result.recorders.MergeKind(0, recorded(60));
  result.recorders.MergeKind(1, recorded(4));
  EXPECT_THAT(VerdictOn(plan, result).reasons, ElementsAre("slow.reply.max > 50ms (60.0 ms)"));
}

}  // namespace
}  // namespace phx::loadgen
