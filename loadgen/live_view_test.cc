#include "loadgen/live_view.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/phases_text.h"
#include "loadgen/sample_result.h"
#include "loadgen/terminal_text.h"

namespace phx::loadgen {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr TerminalSize kLarge = {.columns = 100, .rows = 40};

Progress SetupProgress() {
  Progress progress{.phase = Phase::kSetup, .elapsed = milliseconds(2040), .interval = seconds(2)};
  progress.total[Phase::kSetup].Count(Counter::kConnected, 42);
  progress.total[Phase::kSetup].Count(Counter::kJoined, 81);
  progress.total[Phase::kSetup].Record(Metric::kConnect, microseconds(100));
  progress.total[Phase::kSetup].Record(Metric::kTcp, microseconds(50));
  progress.recent = progress.total;
  return progress;
}

Progress LoadProgress() {
  Progress progress{.phase = Phase::kMeasured,
                    .elapsed = seconds(4),
                    .interval = seconds(2),
                    .busiest_cpu = 0.21};
  progress.total[Phase::kSetup].Count(Counter::kConnected, 100);
  progress.total[Phase::kSetup].Count(Counter::kJoined, 200);
  Recorder& measured = progress.recent[Phase::kMeasured];
  measured.Count(Counter::kPushesSent, 1500);
  measured.Count(Counter::kReplies, 1000);
  measured.Record(Metric::kReply, microseconds(100));
  measured.Record(Metric::kLoopLag, microseconds(70));
  // The interval reaches back into the warm-up.
  progress.recent[Phase::kWarmup].Count(Counter::kPushesSent, 500);
  progress.total.Merge(progress.recent);
  progress.total[Phase::kMeasured].Count(Counter::kPushesLate, 7);
  progress.total[Phase::kMeasured].Count(Counter::kSkippedBusy, 1);
  progress.total[Phase::kMeasured].Count(Counter::kSkippedDown, 2);
  progress.total[Phase::kMeasured].Record(Metric::kHeartbeat, microseconds(10));
  return progress;
}

void AddErrors(Progress* progress) {
  Recorder& measured = progress->total[Phase::kMeasured];
  measured.Fail({.stage = Stage::kPush, .cause = Cause::kTimeout}, 2);
  measured.Fail({.stage = Stage::kConnection, .cause = Cause::kClosed, .kind = "close_1012"}, 10);
  measured.Fail({.stage = Stage::kJoin, .cause = Cause::kRefused, .kind = "error: \x1b[2J"}, 5);
}

TEST(LiveViewTest, SetupShowsHowFarAndHowFastItGets) {
  EXPECT_THAT(FormatLiveView(SamplePlan(), SetupProgress(), kLarge),
              ElementsAre("setup        2.0 s",                       //
                          "connections  42 of 100, joins 81 of 200",  //
                          "rate         connected 21.0/s  joined 40.5/s",
                          "latency           p50       p99       max",
                          "  connect      100 µs    100 µs    100 µs",
                          "generator    busiest thread 0.0 % of a core",  //
                          "errors       0"));
}

TEST(LiveViewTest, SetupSaysWhenTheLoadBeginsAndWhichRateWasAskedFor) {
  Plan plan = SamplePlan();
  plan.connect_rate = 50;
  Progress progress = SetupProgress();
  progress.begins_in = milliseconds(41'500);
  EXPECT_THAT(FormatLiveView(plan, progress, kLarge),
              AllOf(Contains("setup        2.0 s, begins in 41.5 s"),
                    Contains("rate         asked 50.0/s  connected 21.0/s  joined 40.5/s")));
}

TEST(LiveViewTest, LoadShowsWhatWasAskedForAndWhatCameOfIt) {
  EXPECT_THAT(
      FormatLiveView(SamplePlan(), LoadProgress(), kLarge),
      ElementsAre("measured     4.0 s of 10.0 s, 6.0 s left  [############..................]",
                  "connections  100 of 100, joins 200 of 200",
                  "pushes       asked 1,000.0/s  sent 1,000.0/s  replied 500.0/s  late 7  "
                  "skipped 3",
                  "latency           p50       p99       max",
                  "  reply        100 µs    100 µs    100 µs",
                  "  heartbeat         -         -         -",
                  "generator    busiest thread 21.0 % of a core, turns 70.0 µs late (p99)",
                  "errors       0"));
}

TEST(LiveViewTest, ThePhaseAndItsRateOfTheMomentAreShown) {
  Plan plan = SamplePlan();
  plan.phases = *ParsePhases("ramp 0..3000 6s, hold 4s");
  plan.rate = AverageRate(plan.phases);
  // The middle of the interval is at 3 s, half-way up.
  EXPECT_THAT(FormatLiveView(plan, LoadProgress(), kLarge),
              AllOf(Contains("phase        ramp 0..3000 6s (1 of 2), 2.0 s left"),
                    Contains(HasSubstr("asked 1,500.0/s"))));
}

TEST(LiveViewTest, OfAShardOnlyItsOwnPartIsAskedFor) {
  Plan plan = SamplePlan();
  plan.shard = Shard{.index = 0, .count = 4};
  EXPECT_THAT(FormatLiveView(plan, LoadProgress(), kLarge),
              AllOf(Contains("connections  100 of 25, joins 200 of 50"),
                    Contains(HasSubstr("asked 250.0/s"))));
}

TEST(LiveViewTest, ARunThatWaitsForItsLastRepliesSaysSo) {
  Progress progress = LoadProgress();
  progress.elapsed = milliseconds(10'300);
  EXPECT_THAT(FormatLiveView(SamplePlan(), progress, kLarge),
              Contains("measured     10.0 s, waiting for what is under way  "
                       "[##############################]"));
}

TEST(LiveViewTest, HoldingConnectionsShowsNoPushes) {
  Plan plan = SamplePlan();
  plan.rate = 0;
  EXPECT_THAT(FormatLiveView(plan, LoadProgress(), kLarge), Each(Not(HasSubstr("pushes"))));
}

TEST(LiveViewTest, BroadcastsHaveALineOfTheirOwn) {
  Plan plan = SamplePlan();
  plan.kinds.front().workload = Workload::kBroadcast;
  Progress progress = LoadProgress();
  progress.recent[Phase::kMeasured].Count(Counter::kBroadcasts, 3000);
  progress.total[Phase::kMeasured].Count(Counter::kDuplicates, 1);
  EXPECT_THAT(FormatLiveView(plan, progress, kLarge),
              Contains("broadcasts   received 1,500.0/s  duplicates 1  reordered 0"));
}

TEST(LiveViewTest, WhatWasLostAndIsBackIsShownOnceThereIsSomething) {
  Progress progress = LoadProgress();
  progress.total[Phase::kMeasured].Count(Counter::kLost, 12);
  progress.total[Phase::kMeasured].Count(Counter::kReconnects, 8);
  progress.total[Phase::kMeasured].Count(Counter::kJoinsLost, 24);
  EXPECT_THAT(FormatLiveView(SamplePlan(), progress, kLarge),
              Contains("recovery     lost 12, back 8; joins lost 24, back 0"));
}

TEST(LiveViewTest, ErrorsAreShownByKindTheMostFrequentFirst) {
  Progress progress = LoadProgress();
  AddErrors(&progress);
  const std::vector<std::string> lines = FormatLiveView(SamplePlan(), progress, kLarge);
  EXPECT_THAT(std::vector<std::string>(lines.end() - 4, lines.end()),
              ElementsAre("errors       17", "  connections closed by the server (close_1012)  10",
                          "  joins refused by the server (error: ?[2J)  5",
                          "  pushes not answered in time  2"));
}

TEST(LiveViewTest, OnALowTerminalKindsOfErrorsAreLeftOutFirst) {
  Progress progress = LoadProgress();
  AddErrors(&progress);
  std::vector<std::string> lines =
      FormatLiveView(SamplePlan(), progress, {.columns = 100, .rows = 11});
  EXPECT_THAT(lines, SizeIs(10));
  EXPECT_EQ(lines[8], "  connections closed by the server (close_1012)  10");
  EXPECT_EQ(lines[9], "  and of 2 kinds more");
  lines = FormatLiveView(SamplePlan(), progress, {.columns = 100, .rows = 10});
  EXPECT_THAT(lines, SizeIs(9));
  EXPECT_EQ(lines[8], "  of 3 kinds");
  EXPECT_THAT(FormatLiveView(SamplePlan(), progress, {.columns = 100, .rows = 3}), SizeIs(2));
  EXPECT_THAT(FormatLiveView(SamplePlan(), progress, {.columns = 100, .rows = 1}), SizeIs(1));
}

TEST(LiveViewTest, NoLineReachesTheLastColumn) {
  Progress progress = LoadProgress();
  AddErrors(&progress);
  for (const std::size_t columns : {1, 2, 7, 20, 40, 80}) {
    for (const std::string& line :
         FormatLiveView(SamplePlan(), progress, {.columns = columns, .rows = 40})) {
      EXPECT_LE(ColumnsOf(line), std::max<std::size_t>(columns - 1, 1)) << line;
    }
  }
}

}  // namespace
}  // namespace phx::loadgen
