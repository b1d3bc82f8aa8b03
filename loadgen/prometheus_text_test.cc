#include "loadgen/prometheus_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(PrometheusTextTest, CountersAndFailuresHaveTheirPhase) {
  PhaseRecorders recorders;
  recorders[Phase::kMeasured].Count(Counter::kPushesSent, 42);
  recorders[Phase::kSetup].Fail({.stage = Stage::kJoin,
                                 .cause = Cause::kRefused,
                                 .kind = "error: \"a\\b\n\"",
                                 .message = "not told"});
  const std::string text = FormatPrometheus(recorders);
  EXPECT_THAT(text, HasSubstr("# TYPE loadgen_sent_total counter\n"));
  EXPECT_THAT(text, HasSubstr("loadgen_sent_total{phase=\"measured\"} 42\n"));
  EXPECT_THAT(text, HasSubstr("loadgen_failures_total{phase=\"setup\",stage=\"join\","
                              "cause=\"refused\",kind=\"error: \\\"a\\\\b\\n\\\"\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("not told")));
}

TEST(PrometheusTextTest, BucketsOfLatenciesAreCumulative) {
  PhaseRecorders recorders;
  for (const auto latency : {milliseconds(2), milliseconds(3), milliseconds(300)}) {
    recorders[Phase::kMeasured].Record(Metric::kReply, latency);
  }
  recorders[Phase::kMeasured].Record(Metric::kReply, seconds(20));
  const std::string text = FormatPrometheus(recorders);
  const auto bucket = [](const char* bound) {
    return std::string(R"(loadgen_reply_seconds_bucket{phase="measured",le=")") + bound + R"("} )";
  };
  EXPECT_THAT(text, HasSubstr(bucket("0.001") + "0\n"));
  EXPECT_THAT(text, HasSubstr(bucket("0.0025") + "1\n"));
  EXPECT_THAT(text, HasSubstr(bucket("0.005") + "2\n"));
  EXPECT_THAT(text, HasSubstr(bucket("0.5") + "3\n"));
  EXPECT_THAT(text, HasSubstr(bucket("10") + "3\n"));
  EXPECT_THAT(text, HasSubstr(bucket("+Inf") + "4\n"));
  EXPECT_THAT(text, HasSubstr("loadgen_reply_seconds_sum{phase=\"measured\"} 20.305\n"));
  EXPECT_THAT(text, HasSubstr("loadgen_reply_seconds_count{phase=\"measured\"} 4\n"));
}

TEST(PrometheusTextTest, SumsKeepTheirDigitsHoweverLargeTheyAre) {
  PhaseRecorders recorders;
  for (int i = 0; i < 1000; ++i) recorders[Phase::kMeasured].Record(Metric::kReply, seconds(1234));
  recorders[Phase::kMeasured].Record(Metric::kReply, milliseconds(1));
  EXPECT_THAT(FormatPrometheus(recorders),
              HasSubstr("loadgen_reply_seconds_sum{phase=\"measured\"} 1234000.001\n"));
}

}  // namespace
}  // namespace phx::loadgen
