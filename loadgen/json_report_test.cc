#include "loadgen/json_report.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/golden_file.h"
#include "loadgen/make_report.h"
#include "loadgen/sample_result.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JsonReportTest, PassedRunLooksAsInItsGoldenFile) {
  EXPECT_EQ(FormatJson(MakeReport(SamplePlan(), PassedResult())), GoldenFile("passed.json"));
}

TEST(JsonReportTest, FailedRunLooksAsInItsGoldenFile) {
  EXPECT_EQ(FormatJson(MakeReport(SamplePlan(), FailedResult())), GoldenFile("failed.json"));
}

TEST(JsonReportTest, PassedIsTheVerdict) {
  const auto parse = [](const RunResult& result) {
    return nlohmann::json::parse(FormatJson(MakeReport(SamplePlan(), result)));
  };
  EXPECT_EQ(parse(PassedResult())["passed"], true);
  EXPECT_EQ(parse(FailedResult())["passed"], false);
  EXPECT_EQ(parse(FailedResult())["schema_version"], kRunSchemaVersion);
}

TEST(JsonReportTest, TextThatIsNotUtf8IsStillJson) {
  RunResult result = PassedResult();
  result.recorders[Phase::kSetup].Fail(
      {.stage = Stage::kJoin, .cause = Cause::kRefused, .message = "bad \xff byte"});
  EXPECT_TRUE(nlohmann::json::accept(FormatJson(MakeReport(SamplePlan(), result))));
}

TEST(JsonReportTest, ContainsNoSecretOfTheUrl) {
  EXPECT_THAT(FormatJson(MakeReport(SamplePlan(), PassedResult())), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx::loadgen
