#include "loadgen/recorder.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;

TEST(RecorderTest, MergeAddsCountersLatenciesAndFailures) {
  Recorder a;
  a.Count(Counter::kPushesSent, 3);
  a.Record(Metric::kReply, milliseconds(1));
  a.Fail({.stage = Stage::kJoin, .cause = Cause::kRefused, .message = "first"});
  Recorder b;
  b.Count(Counter::kPushesSent);
  b.Count(Counter::kReplies, 2);
  b.Record(Metric::kReply, milliseconds(3));
  b.Fail({.stage = Stage::kJoin, .cause = Cause::kRefused, .message = "second"});
  b.Fail({.stage = Stage::kJoin, .cause = Cause::kTimeout, .message = "third"});

  a.Merge(b);
  EXPECT_EQ(a.count(Counter::kPushesSent), 4);
  EXPECT_EQ(a.count(Counter::kReplies), 2);
  EXPECT_EQ(a.latency(Metric::kReply).count(), 2);
  EXPECT_EQ(a.latency(Metric::kReply).max(), milliseconds(3));
  EXPECT_EQ(a.latency(Metric::kJoin).count(), 0);
  const auto failures = a.failures().rows();
  ASSERT_EQ(failures.size(), 2);
  EXPECT_EQ(failures[0].example, "third");
  EXPECT_EQ(failures[1].example, "first");
  EXPECT_EQ(failures[1].count, 2);
}

TEST(PhaseRecordersTest, PhasesStayApart) {
  PhaseRecorders a;
  a[Phase::kWarmup].Count(Counter::kReplies, 5);
  PhaseRecorders b;
  b[Phase::kMeasured].Count(Counter::kReplies, 7);
  a.Merge(b);
  EXPECT_EQ(a[Phase::kSetup].count(Counter::kReplies), 0);
  EXPECT_EQ(a[Phase::kWarmup].count(Counter::kReplies), 5);
  EXPECT_EQ(a[Phase::kMeasured].count(Counter::kReplies), 7);
}

}  // namespace
}  // namespace phx::loadgen
