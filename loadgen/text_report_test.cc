#include "loadgen/text_report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/golden_file.h"
#include "loadgen/make_report.h"
#include "loadgen/sample_result.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(TextReportTest, PassedRunLooksAsInItsGoldenFile) {
  EXPECT_EQ(FormatText(MakeReport(SamplePlan(), PassedResult())), GoldenFile("passed.txt"));
}

TEST(TextReportTest, FailedRunLooksAsInItsGoldenFile) {
  EXPECT_EQ(FormatText(MakeReport(SamplePlan(), FailedResult())), GoldenFile("failed.txt"));
}

TEST(TextReportTest, RunThatOnlyHeldConnectionsHasNoPushes) {
  Plan plan = SamplePlan();
  plan.rate = 0;
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured] = Recorder();
  const std::string text = FormatText(MakeReport(plan, result));
  EXPECT_THAT(text, HasSubstr("connections"));
  EXPECT_THAT(text, Not(HasSubstr("push")));
}

TEST(TextReportTest, WhatAServerSaysBeginsNoLineOfItsOwn) {
  RunResult result = PassedResult();
  result.recorders[Phase::kMeasured].Fail({.stage = Stage::kPush,
                                           .cause = Cause::kRefused,
                                           .kind = "error: no\nPASSED",
                                           .message = "\x1b[2Jgone\nPASSED"});
  const std::string text = FormatText(MakeReport(SamplePlan(), result));
  EXPECT_THAT(text, HasSubstr("(error: no?PASSED): 1\n    such as: ?[2Jgone?PASSED\n"));
  EXPECT_THAT(text, Not(HasSubstr("\nPASSED")));
}

TEST(TextReportTest, ContainsNoSecretOfTheUrl) {
  EXPECT_THAT(FormatText(MakeReport(SamplePlan(), PassedResult())), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx::loadgen
