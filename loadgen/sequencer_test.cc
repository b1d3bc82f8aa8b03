#include "loadgen/sequencer.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "gtest/gtest.h"
#include "loadgen/pacer.h"
#include "loadgen/push_book.h"
#include "loadgen/recorder.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Starts everything unless told otherwise, and remembers what is without reply.
class FakeTarget final : public PushTarget {
 public:
  StartResult StartPush(const Operation& operation) override {
    const bool is_down = std::find(down.begin(), down.end(), operation.index) != down.end();
    if (is_down) return StartResult::kDown;
    if (result == StartResult::kStarted) waiting.push_back(operation);
    return result;
  }

  StartResult result = StartResult::kStarted;
  std::vector<std::uint64_t> down;  // operations that cannot be started
  std::deque<Operation> waiting;
};

class SequencerTest : public ::testing::Test {
 protected:
  static Sequencer::Options OptionsWithRate(double rate) {
    return {.rate = rate, .duration = seconds(1), .max_batch = 1'000'000};
  }

  Sequencer MakeSequencer(const Sequencer::Options& options) {
    book_.emplace(PushBook::Options{.phases = options.phases,
                                    .warmup = options.warmup,
                                    .duration = options.duration,
                                    .late_after = milliseconds(10)},
                  recorders_);
    return Sequencer(options, target_, *book_);
  }

  // They have left at the same moment.
  void ReplyToAll(Sequencer* sequencer, Duration now) {
    for (; !target_.waiting.empty(); target_.waiting.pop_front()) {
      sequencer->OnReply(0, target_.waiting.front().intended, now, now);
    }
  }

  std::uint64_t Measured(Counter counter) const {
    return recorders_[Phase::kMeasured].count(counter);
  }
  const LatencyHistogram& Latency() const {
    return recorders_[Phase::kMeasured].latency(Metric::kReply);
  }

  FakeTarget target_;
  PhaseRecorders recorders_;
  std::optional<PushBook> book_;
};

TEST_F(SequencerTest, StartsWhatIsDueAndSaysWhenToComeAgain) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  EXPECT_EQ(sequencer.Start(milliseconds(2)).next, milliseconds(3));
  EXPECT_EQ(target_.waiting.size(), 3);
  EXPECT_EQ(sequencer.outstanding(), 3);
}

TEST_F(SequencerTest, AFullBatchLeavesTheRestForTheNextTurn) {
  Sequencer::Options options = OptionsWithRate(1000);
  options.max_batch = 4;
  Sequencer sequencer = MakeSequencer(options);
  EXPECT_EQ(sequencer.Start(milliseconds(9)).next, milliseconds(4));
  EXPECT_EQ(sequencer.Start(milliseconds(9)).next, milliseconds(8));
  EXPECT_EQ(sequencer.Start(milliseconds(9)).next, milliseconds(10));
  EXPECT_EQ(target_.waiting.size(), 10);
}

TEST_F(SequencerTest, AllThatIsDueInATurnLeavesHoweverMuchItIs) {
  // With the batches of a real run, and a timer that wakes this thread up each millisecond.
  Sequencer::Options options = OptionsWithRate(50'000);
  options.max_batch = Sequencer::Options().max_batch;
  Sequencer sequencer = MakeSequencer(options);
  for (int ms = 1; ms <= 1000; ++ms) {
    sequencer.Start(milliseconds(ms));
    ReplyToAll(&sequencer, milliseconds(ms));
  }
  EXPECT_EQ(Measured(Counter::kPushesSent), 50'000);
  EXPECT_EQ(Measured(Counter::kPushesLate), 0);
  EXPECT_LE(Latency().max(), milliseconds(1));
}

TEST_F(SequencerTest, IsThroughAfterItsLastPush) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  EXPECT_FALSE(sequencer.Start(seconds(2)).next.has_value());
  EXPECT_EQ(Measured(Counter::kPushesDue), 1000);
  EXPECT_EQ(Measured(Counter::kPushesSent), 1000);
}

TEST_F(SequencerTest, AStallOfTheServerShowsInTheLatenciesOfAllThatWaitedForIt) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  // The server answers at once, but for 400 ms in the middle it answers nothing.
  for (int ms = 0; ms < 1000; ++ms) {
    sequencer.Start(milliseconds(ms));
    if (ms < 300 || ms >= 700) ReplyToAll(&sequencer, milliseconds(ms));
  }
  EXPECT_EQ(Latency().count(), 1000);
  EXPECT_EQ(Latency().max(), milliseconds(400));
  // 40 % of the pushes fell into the stall: they waited 1 to 400 ms.
  EXPECT_LT(Latency().Percentile(60), milliseconds(1));
  EXPECT_NEAR(ToSeconds(Latency().Percentile(80)), 0.2, 0.005);
  EXPECT_NEAR(ToSeconds(Latency().Percentile(99)), 0.39, 0.005);
}

TEST_F(SequencerTest, AStallOfThisThreadShowsInTheLatenciesToo) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  // Nobody comes for 500 ms; then all pushes leave at once and are answered at once.
  for (int ms = 500; ms < 1000; ++ms) {
    sequencer.Start(milliseconds(ms));
    ReplyToAll(&sequencer, milliseconds(ms));
  }
  EXPECT_EQ(Latency().count(), 1000);
  EXPECT_EQ(Latency().max(), milliseconds(500));
  EXPECT_NEAR(ToSeconds(Latency().Percentile(75)), 0.25, 0.005);
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kSendLag).max(), milliseconds(500));
  // The server had no part in it.
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kService).count(), 1000);
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kService).max(), milliseconds(0));
  // Those due in the first 490 ms were more than 10 ms late.
  EXPECT_EQ(Measured(Counter::kPushesLate), 490);
}

TEST_F(SequencerTest, CountsWhatTheTargetCannotStart) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  target_.result = StartResult::kBusy;
  sequencer.Start(milliseconds(4));
  target_.result = StartResult::kDown;
  sequencer.Start(milliseconds(7));
  EXPECT_EQ(Measured(Counter::kSkippedBusy), 5);
  EXPECT_EQ(Measured(Counter::kSkippedDown), 3);
  EXPECT_EQ(Measured(Counter::kPushesDue), 8);
  EXPECT_EQ(Measured(Counter::kPushesSent), 0);
  EXPECT_EQ(sequencer.outstanding(), 0);
}

TEST_F(SequencerTest, WhatIsDueAndNotStartedAtTheEndIsUnsent) {
  Sequencer::Options options = OptionsWithRate(1000);
  options.max_batch = 100;
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(seconds(1));
  sequencer.Stop(seconds(1));
  EXPECT_EQ(Measured(Counter::kPushesDue), 1000);
  EXPECT_EQ(Measured(Counter::kPushesSent), 100);
  EXPECT_EQ(Measured(Counter::kUnsent), 900);
}

TEST_F(SequencerTest, StoppedEarlyOwesOnlyWhatWasDueByThen) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  sequencer.Start(milliseconds(99));
  sequencer.Stop(milliseconds(199));
  EXPECT_FALSE(sequencer.Start(milliseconds(500)).next.has_value());
  EXPECT_EQ(Measured(Counter::kPushesDue), 200);
  EXPECT_EQ(Measured(Counter::kUnsent), 100);
}

TEST_F(SequencerTest, WarmupHasARecorderOfItsOwn) {
  Sequencer::Options options = OptionsWithRate(1000);
  options.warmup = milliseconds(100);
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(seconds(2));
  EXPECT_EQ(recorders_[Phase::kWarmup].count(Counter::kPushesSent), 100);
  EXPECT_EQ(Measured(Counter::kPushesSent), 1000);
}

TEST_F(SequencerTest, LatencyBelongsToThePhaseInWhichThePushWasDue) {
  Sequencer::Options options = OptionsWithRate(10);
  options.warmup = milliseconds(100);
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(milliseconds(100));
  ReplyToAll(&sequencer, milliseconds(150));
  EXPECT_EQ(recorders_[Phase::kWarmup].latency(Metric::kReply).max(), milliseconds(150));
  EXPECT_EQ(Latency().max(), milliseconds(50));
  // Throughput is what arrives while measuring, whenever it was due.
  EXPECT_EQ(Measured(Counter::kReplies), 1);
  EXPECT_EQ(Measured(Counter::kRepliesInTime), 2);
}

TEST_F(SequencerTest, RepliesAfterTheEndCountAsRepliesButNotAsThroughput) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  sequencer.Start(milliseconds(999));
  sequencer.Stop(seconds(1));
  ReplyToAll(&sequencer, seconds(2));
  EXPECT_EQ(Measured(Counter::kReplies), 1000);
  EXPECT_EQ(Measured(Counter::kRepliesInTime), 0);
}

TEST_F(SequencerTest, EverySentPushIsARepliedOrAFailedOne) {
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  sequencer.Start(milliseconds(9));
  sequencer.OnFailure(target_.waiting.front().intended,
                      {.stage = Stage::kPush, .cause = Cause::kTimeout});
  target_.waiting.pop_front();
  ReplyToAll(&sequencer, milliseconds(10));
  EXPECT_EQ(sequencer.outstanding(), 0);
  EXPECT_EQ(Measured(Counter::kReplies), 9);
  EXPECT_EQ(recorders_[Phase::kMeasured].failures().count(Stage::kPush), 1);
}

TEST_F(SequencerTest, RatePhasesHaveBooksOfTheirOwnThatAddUp) {
  Sequencer::Options options = OptionsWithRate(0);
  options.warmup = milliseconds(100);
  options.duration = milliseconds(300);
  options.phases = {{"hold", 100, 100, milliseconds(100)},
                    {"ramp", 100, 300, milliseconds(100)},
                    {"hold", 0, 0, milliseconds(100)}};
  Sequencer sequencer = MakeSequencer(options);
  for (int i = 0; i < 400; ++i) {
    sequencer.Start(milliseconds(i));
    if (i == 150) ReplyToAll(&sequencer, milliseconds(i));
  }
  ReplyToAll(&sequencer, milliseconds(400));
  EXPECT_EQ(recorders_[Phase::kWarmup].count(Counter::kPushesSent), 10);
  ASSERT_EQ(recorders_.rate_phases().size(), 2);  // in the third nothing happened
  const Recorder& hold = recorders_.rate_phases()[0];
  const Recorder& ramp = recorders_.rate_phases()[1];
  EXPECT_EQ(hold.count(Counter::kPushesSent), 10);
  EXPECT_EQ(ramp.count(Counter::kPushesSent), 20);
  EXPECT_EQ(hold.count(Counter::kReplies), 10);
  EXPECT_EQ(hold.count(Counter::kRepliesInTime), 16);  // those of the warm-up arrived then, too
  EXPECT_EQ(ramp.latency(Metric::kReply).count(), 20);
  EXPECT_EQ(Measured(Counter::kPushesDue), 30);
  EXPECT_EQ(Measured(Counter::kReplies), 30);
}

TEST_F(SequencerTest, WhatHasNoOutcomeIsSentAndOver) {
  target_.result = StartResult::kDone;
  Sequencer sequencer = MakeSequencer(OptionsWithRate(1000));
  sequencer.Start(milliseconds(9));
  EXPECT_EQ(Measured(Counter::kPushesSent), 10);
  EXPECT_EQ(sequencer.outstanding(), 0);
}

TEST_F(SequencerTest, TheClosedModelKeepsSoManyUnderWay) {
  Sequencer::Options options = OptionsWithRate(0);
  options.in_flight = 3;
  options.share.lanes = 5;
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(milliseconds(1));
  ASSERT_EQ(target_.waiting.size(), 3);
  EXPECT_EQ(target_.waiting[0].index, 0);
  EXPECT_EQ(target_.waiting[2].index, 2);
  sequencer.Start(milliseconds(2));
  EXPECT_EQ(sequencer.outstanding(), 3);
  sequencer.OnReply(1, target_.waiting[1].intended, milliseconds(1), milliseconds(5));
  sequencer.Start(milliseconds(5));
  ASSERT_EQ(target_.waiting.size(), 4);
  EXPECT_EQ(target_.waiting[3].intended, milliseconds(5));  // latency counts from when it left
  EXPECT_EQ(Latency().max(), milliseconds(4));
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kService).max(), milliseconds(4));
  EXPECT_EQ(Measured(Counter::kPushesDue), 4);
  EXPECT_EQ(Measured(Counter::kPushesSent), 4);
}

TEST_F(SequencerTest, InTheClosedModelWhoGotAnAnswerGoesOn) {
  Sequencer::Options options = OptionsWithRate(0);
  options.in_flight = 3;
  options.share = {.lanes = 10, .worker = 1, .workers = 2};
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(milliseconds(1));
  ASSERT_EQ(target_.waiting.size(), 3);  // of lanes 1, 3 and 5
  sequencer.OnReply(3, milliseconds(1), milliseconds(1), milliseconds(2));
  sequencer.OnReply(3, milliseconds(2), milliseconds(2), milliseconds(3));
  ASSERT_EQ(target_.waiting.size(), 5);
  EXPECT_EQ(target_.waiting[3], (Operation{.index = 13, .intended = milliseconds(2)}));
  EXPECT_EQ(target_.waiting[4], (Operation{.index = 23, .intended = milliseconds(3)}));
}

TEST_F(SequencerTest, InTheClosedModelOthersTakeThePlaceOfWhoCannotGoOn) {
  Sequencer::Options options = OptionsWithRate(0);
  options.in_flight = 1;
  options.share.lanes = 3;
  target_.down = {1, 3};
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(milliseconds(1));
  sequencer.OnReply(0, milliseconds(1), milliseconds(1), milliseconds(2));
  ASSERT_EQ(target_.waiting.size(), 2);
  EXPECT_EQ(target_.waiting[1].index, 2);
}

TEST_F(SequencerTest, OneConnectionMayHaveAllThatTheClosedModelKeepsUnderWay) {
  Sequencer::Options options = OptionsWithRate(0);
  options.in_flight = 5;
  options.max_batch = 3;
  Sequencer sequencer = MakeSequencer(options);
  EXPECT_EQ(sequencer.Start(milliseconds(1)).next, milliseconds(1));  // there is room for more
  EXPECT_EQ(sequencer.outstanding(), 3);
  EXPECT_EQ(sequencer.Start(milliseconds(1)).next, std::nullopt);
  EXPECT_EQ(sequencer.outstanding(), 5);
}

TEST_F(SequencerTest, TheClosedModelOwesNothingAtItsEndAndSkipsWhatIsDown) {
  Sequencer::Options options = OptionsWithRate(0);
  options.in_flight = 3;
  target_.result = StartResult::kDown;
  Sequencer sequencer = MakeSequencer(options);
  sequencer.Start(milliseconds(1));
  EXPECT_EQ(Measured(Counter::kPushesDue), 0);
  target_.result = StartResult::kStarted;
  sequencer.Start(seconds(1));
  EXPECT_EQ(sequencer.outstanding(), 0);  // its time is over
  sequencer.Stop(seconds(1));
  EXPECT_EQ(Measured(Counter::kUnsent), 0);
}

}  // namespace
}  // namespace phx::loadgen
