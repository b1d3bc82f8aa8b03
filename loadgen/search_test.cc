#include "loadgen/search.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/make_plan.h"
#include "loadgen/make_report.h"
#include "loadgen/sample_result.h"
#include "loadgen/search_report.h"
#include "loadgen/settings.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kLimit = 3000;  // of the server below, a second

// A server that answers in 1 ms up to kLimit, and beyond it lets ever more pushes wait.
absl::StatusOr<Report> MeasureServer(const Plan& plan) {
  RunResult result = BaseResult();
  Recorder& setup = result.recorders[Phase::kSetup];
  setup.Count(Counter::kConnected, plan.connections);
  Recorder& measured = result.recorders[Phase::kMeasured];
  const auto pushes = static_cast<std::uint64_t>(plan.rate * ToSeconds(result.measured_time));
  const auto answered =
      static_cast<std::uint64_t>(std::min(plan.rate, kLimit) * ToSeconds(result.measured_time));
  measured.Count(Counter::kPushesDue, pushes);
  measured.Count(Counter::kPushesSent, pushes);
  measured.Count(Counter::kReplies, pushes);
  measured.Count(Counter::kRepliesInTime, answered);
  for (int i = 0; i < 100; ++i) {
    const Duration wait = plan.rate > kLimit ? milliseconds(i) : microseconds(i);
    measured.Record(Metric::kReply, milliseconds(1) + wait);
  }
  return MakeReport(plan, result);
}

Plan PlanWith(const std::string& condition) {
  Settings settings;
  settings.urls = {"ws://127.0.0.1:4000/socket"};
  settings.fail_if = {condition};
  return *MakePlan(settings, 4);
}

TEST(SearchTest, FindsTheHighestRateThatKeepsTheCondition) {
  const auto result =
      SearchRate(PlanWith("reply.p99 > 50ms"), {.first = 500, .precision = 0.02}, MeasureServer);
  ASSERT_TRUE(result.ok()) << result.status();
  ASSERT_TRUE(result->found.has_value());
  EXPECT_LE(*result->found, kLimit);
  EXPECT_GE(*result->found, kLimit * 0.97);
  double before = 0;
  for (const Report& step : result->steps) {
    EXPECT_GE(step.plan.rate, before);
    EXPECT_EQ(step.verdict.passed(), step.plan.rate <= kLimit);
    before = step.plan.rate;
  }
}

TEST(SearchTest, TheTextHasTheCurveAndTheReason) {
  const auto result =
      SearchRate(PlanWith("reply.p99 > 50ms"), {.first = 1000, .precision = 0.5}, MeasureServer);
  const std::string text = FormatSearchText(*result);
  EXPECT_THAT(text, ContainsRegex("  1,000.0/s .*100.0 %.*holds\n"));
  EXPECT_THAT(text, ContainsRegex("  4,000.0/s .* 75.0 %.*FAILED\n"));
  EXPECT_THAT(text, HasSubstr("highest rate that holds, measured twice: 2,828.0/s\n"
                              "  4,000.0/s does not: reply.p99 > 50ms (9"));
}

TEST(SearchTest, TheJsonHasEveryStep) {
  const auto result =
      SearchRate(PlanWith("reply.p99 > 50ms"), {.first = 1000, .precision = 0.5}, MeasureServer);
  const nlohmann::json json = nlohmann::json::parse(FormatSearchJson(*result));
  EXPECT_EQ(json["schema"], kSearchSchema);
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["found_rate"], 2828);
  EXPECT_EQ(json["fail_if"][0], "reply.p99 > 50ms");
  ASSERT_EQ(json["steps"].size(), result->steps.size());
  EXPECT_EQ(json["steps"].back()["rate"], 4000);
  EXPECT_EQ(json["steps"].back()["passed"], false);
  EXPECT_GT(json["steps"].back()["latency_ns"]["reply"]["p99"], 50'000'000);
}

TEST(SearchTest, ASearchThatFindsNothingSaysSo) {
  const auto result = SearchRate(PlanWith("reply.p99 > 1us"), {.first = 1000}, MeasureServer);
  EXPECT_EQ(result->found, std::nullopt);
  EXPECT_THAT(FormatSearchText(*result), HasSubstr("no rate was found that holds twice"));
  EXPECT_EQ(nlohmann::json::parse(FormatSearchJson(*result))["passed"], false);
}

TEST(SearchTest, AnInterruptEndsTheSearchAtOnce) {
  int measured = 0;
  const auto result = SearchRate(PlanWith("errors > 0"), {.first = 1000}, [&](const Plan& plan) {
    absl::StatusOr<Report> report = MeasureServer(plan);
    report->interrupted = ++measured == 2;
    return report;
  });
  EXPECT_EQ(measured, 2);
  EXPECT_TRUE(result->interrupted);
  EXPECT_EQ(result->found, std::nullopt);
}

TEST(SearchTest, AStepThatWasCutShortShowsNothing) {
  // The rate that was found is measured for the second time, and that is stopped.
  int measured = 0;
  const auto result =
      SearchRate(PlanWith("errors > 0"), {.first = 1000, .max = 1000}, [&](const Plan& plan) {
        absl::StatusOr<Report> report = MeasureServer(plan);
        report->interrupted = ++measured == 2;
        return report;
      });
  EXPECT_EQ(measured, 2);
  EXPECT_EQ(result->found, std::nullopt);
  EXPECT_THAT(FormatSearchText(*result), ContainsRegex("1,000.0/s .*stopped\n"));
  EXPECT_THAT(FormatSearchText(*result), Not(HasSubstr("does not:")));
}

TEST(SearchTest, AServerThatCannotBeReachedEndsTheSearchAtOnce) {
  int measured = 0;
  const auto result = SearchRate(PlanWith("errors > 0"), {.first = 1000}, [&](const Plan& plan) {
    ++measured;
    return absl::StatusOr<Report>(MakeReport(plan, BaseResult()));  // no connection was opened
  });
  EXPECT_EQ(measured, 1);
  EXPECT_EQ(result->steps.front().verdict.outcome, Outcome::kRunFailed);
}

}  // namespace
}  // namespace phx::loadgen
