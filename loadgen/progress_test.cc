#include "loadgen/progress.h"

#include "gtest/gtest.h"
#include "loadgen/sample_result.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(ProgressTest, SetupShowsHowFarItGot) {
  Progress progress{.phase = Phase::kSetup, .elapsed = milliseconds(2040)};
  progress.total[Phase::kSetup].Count(Counter::kConnected, 42);
  progress.total[Phase::kSetup].Count(Counter::kJoined, 81);
  progress.total[Phase::kSetup].Fail(
      {.stage = Stage::kConnect, .cause = Cause::kTimeout, .message = ""});
  EXPECT_EQ(FormatProgress(SamplePlan(), progress),
            "setup     2.0 s  connected 42/100  joined 81/200  errors 1");
}

TEST(ProgressTest, LoadShowsTheLastInterval) {
  Progress progress{.phase = Phase::kMeasured, .elapsed = seconds(3), .interval = seconds(2)};
  // The interval reaches back into the warm-up.
  progress.recent[Phase::kWarmup].Count(Counter::kPushesSent, 500);
  progress.recent[Phase::kMeasured].Count(Counter::kPushesSent, 1500);
  progress.recent[Phase::kMeasured].Count(Counter::kReplies, 1000);
  progress.recent[Phase::kMeasured].Record(Metric::kReply, microseconds(100));
  EXPECT_EQ(FormatProgress(SamplePlan(), progress),
            "measured  3.0 s of 10.0 s  sent 1,000.0/s  replied 500.0/s  p50 100 µs  p99 100 µs  "
            "max 100 µs  errors 0");
}

TEST(ProgressTest, WarmupIsNamed) {
  const Progress progress{.phase = Phase::kWarmup, .elapsed = milliseconds(500)};
  EXPECT_EQ(FormatProgress(SamplePlan(), progress).substr(0, 24), "warm-up   0.5 s of 1.0 s");
}

TEST(ProgressTest, TheSetupSaysWhenTheLoadBeginsAndAsksOnlyForItsShard) {
  Plan plan = SamplePlan();
  plan.shard = Shard{.index = 0, .count = 4};
  const Progress progress{.elapsed = seconds(2), .begins_in = milliseconds(41'500)};
  EXPECT_EQ(FormatProgress(plan, progress),
            "setup     2.0 s  connected 0/25  joined 0/50  begins in 41.5 s  errors 0");
}

TEST(ProgressTest, WaitingForTheLastRepliesIsNotMeasuring) {
  const Plan plan = SamplePlan();  // of 10 s
  Progress progress{.phase = Phase::kWarmup, .elapsed = seconds(1)};
  EXPECT_EQ(MeasuredSoFar(plan, progress), seconds(0));
  progress.phase = Phase::kMeasured;
  EXPECT_EQ(MeasuredSoFar(plan, progress), seconds(1));
  progress.elapsed = seconds(14);
  EXPECT_EQ(MeasuredSoFar(plan, progress), seconds(10));
}

TEST(ProgressTest, HoldingConnectionsShowsNoPushes) {
  Plan plan = SamplePlan();
  plan.rate = 0;
  const Progress progress{.phase = Phase::kMeasured, .elapsed = seconds(1)};
  EXPECT_EQ(FormatProgress(plan, progress), "measured  1.0 s of 10.0 s  errors 0");
}

}  // namespace
}  // namespace phx::loadgen
