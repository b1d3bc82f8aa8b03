#include "loadgen/script_player.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Action = ScriptStep::Action;

// Remembers who does what, and on which channel.
class FakeTarget final : public StepTarget {
 public:
  struct Started {
    std::uint64_t channel = 0;
    Action action = Action::kPush;
    Duration intended = {};
  };

  StartResult StartStep(std::uint64_t user, std::uint64_t channel, const ScriptStep& step,
                        Duration intended) override {
    started[user].push_back({channel, step.action, intended});
    return result;
  }

  StartResult result = StartResult::kStarted;
  std::map<std::uint64_t, std::vector<Started>> started;
};

class ScriptPlayerTest : public ::testing::Test {
 protected:
  ScriptPlayerTest() : book_({.warmup = seconds(1), .duration = seconds(9)}, recorders_) {}

  ScriptPlayer Play(const Script& script, std::vector<std::uint64_t> seeds,
                    std::uint64_t channels = 1) {
    return {script, {.seeds = std::move(seeds), .channels = channels}, target_, book_};
  }

  // Answers each step `after` it was due, until the player has nothing left.
  void Answer(ScriptPlayer* player, std::uint64_t user, Duration after) {
    std::size_t answered = 0;
    Duration now = {};
    while (true) {
      const std::optional<Duration> next = player->Start(now);
      if (answered == target_.started[user].size()) {
        if (!next.has_value()) return;
        now = *next;
        continue;
      }
      const FakeTarget::Started step = target_.started[user][answered++];
      now = step.intended + after;
      if (step.action == Action::kPush) {
        player->OnReply(user, now);
      } else {
        player->OnDone(user, now);
      }
    }
  }

  std::uint64_t Count(Counter counter) const {
    return recorders_[Phase::kWarmup].count(counter) + recorders_[Phase::kMeasured].count(counter);
  }

  PhaseRecorders recorders_;
  PushBook book_;
  FakeTarget target_;
};

const Script& PushAndMove() {
  static const Script kScript = {
      {.think = {DurationRange{seconds(1), seconds(1)}}, .action = Action::kPush},
      {.think = {DurationRange{milliseconds(500), milliseconds(500)}}, .action = Action::kLeave},
      {.action = Action::kJoin}};
  return kScript;
}

TEST_F(ScriptPlayerTest, EachStepIsDueWhenTheUserHasThoughtAboutTheOneBefore) {
  ScriptPlayer player = Play(PushAndMove(), {7});
  Answer(&player, 0, milliseconds(100));
  const auto& steps = target_.started[0];
  ASSERT_GT(steps.size(), 6);
  for (std::size_t i = 3; i + 3 < steps.size(); i += 3) {
    EXPECT_EQ(steps[i].action, Action::kPush);
    EXPECT_EQ(steps[i + 1].intended - steps[i].intended, milliseconds(600));
    EXPECT_EQ(steps[i + 2].intended - steps[i + 1].intended, milliseconds(100));
    EXPECT_EQ(steps[i + 3].intended - steps[i + 2].intended, milliseconds(1100));
  }
  EXPECT_LT(steps.back().intended, seconds(10));
  EXPECT_EQ(player.outstanding(), 0);
}

TEST_F(ScriptPlayerTest, OnlyPushesAreCountedAsPushesAndTheirLatencyIsFromWhenTheyWereDue) {
  ScriptPlayer player = Play(PushAndMove(), {7});
  Answer(&player, 0, milliseconds(100));
  const auto pushes = std::count_if(target_.started[0].begin(), target_.started[0].end(),
                                    [](const auto& step) { return step.action == Action::kPush; });
  EXPECT_EQ(Count(Counter::kPushesDue), pushes);
  EXPECT_EQ(Count(Counter::kPushesSent), pushes);
  EXPECT_EQ(Count(Counter::kReplies), pushes);
  EXPECT_GT(recorders_[Phase::kMeasured].count(Counter::kPushesDue), 3);
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kReply).max(), milliseconds(100));
  EXPECT_EQ(recorders_[Phase::kMeasured].latency(Metric::kService).max(), milliseconds(100));
}

TEST_F(ScriptPlayerTest, ALateThreadShowsInTheCounts) {
  const Script script = {
      {.think = {DurationRange{seconds(1), seconds(1)}}, .action = Action::kCast}};
  target_.result = StartResult::kDone;
  ScriptPlayer player = Play(script, {1, 2, 3});
  player.Start(seconds(5));  // nobody came before
  EXPECT_EQ(Count(Counter::kPushesSent), 3);
  EXPECT_EQ(Count(Counter::kPushesLate), 3);
}

TEST_F(ScriptPlayerTest, UsersBeginAtDifferentTimesAndTheSameSeedsGiveTheSame) {
  const Script script = {
      {.think = {DurationRange{seconds(1), seconds(4)}}, .action = Action::kCast}};
  target_.result = StartResult::kDone;
  const auto first_times = [&](std::vector<std::uint64_t> seeds) {
    target_.started.clear();
    ScriptPlayer player = Play(script, std::move(seeds));
    for (Duration now = {}; now < seconds(10); now += milliseconds(1)) player.Start(now);
    std::vector<Duration> times;
    for (const auto& [user, steps] : target_.started) {
      for (const auto& step : steps) times.push_back(step.intended);
    }
    return times;
  };
  const std::vector<Duration> times = first_times({1, 2});
  EXPECT_EQ(times, first_times({1, 2}));
  EXPECT_NE(times, first_times({1, 3}));
}

TEST_F(ScriptPlayerTest, UsersBeginWithinARoundOfAverageLength) {
  const Script script = {
      {.think = {ExponentialThinkTime{.mean = seconds(1)}}, .action = Action::kCast}};
  target_.result = StartResult::kDone;
  std::vector<std::uint64_t> seeds(200);
  std::iota(seeds.begin(), seeds.end(), 1);
  ScriptPlayer player = Play(script, seeds);
  player.Start(seconds(1));
  EXPECT_EQ(target_.started.size(), seeds.size());
  for (const auto& [user, steps] : target_.started) EXPECT_LE(steps[0].intended, seconds(1));
}

TEST_F(ScriptPlayerTest, TimesToThinkThatFollowEachOtherAddUp) {
  const Script script = {
      {.think = {DurationRange{seconds(1), seconds(1)}, DurationRange{seconds(2), seconds(2)}},
       .action = Action::kPush}};
  ScriptPlayer player = Play(script, {1});
  Answer(&player, 0, Duration::zero());
  ASSERT_GT(target_.started[0].size(), 1);
  EXPECT_EQ(target_.started[0][1].intended - target_.started[0][0].intended, seconds(3));
}

TEST_F(ScriptPlayerTest, EachRoundTurnsToTheNextChannel) {
  const Script script = {
      {.think = {DurationRange{seconds(1), seconds(1)}}, .action = Action::kPush}};
  ScriptPlayer player = Play(script, {1}, 3);
  Answer(&player, 0, Duration::zero());
  for (std::size_t i = 0; i < target_.started[0].size(); ++i) {
    EXPECT_EQ(target_.started[0][i].channel, i % 3);
  }
}

TEST_F(ScriptPlayerTest, WhatCannotBeDoneIsSkippedAndTheScriptGoesOn) {
  target_.result = StartResult::kDown;
  ScriptPlayer player = Play(PushAndMove(), {1});
  for (Duration now = {}; now < seconds(10); now += milliseconds(10)) player.Start(now);
  EXPECT_GT(Count(Counter::kSkippedDown), 3);
  EXPECT_EQ(Count(Counter::kPushesDue), Count(Counter::kSkippedDown));
  EXPECT_EQ(player.outstanding(), 0);
}

TEST_F(ScriptPlayerTest, AFailureIsCountedAndTheScriptGoesOn) {
  const Script script = {
      {.think = {DurationRange{seconds(1), seconds(1)}}, .action = Action::kPush}};
  ScriptPlayer player = Play(script, {1});
  while (target_.started[0].empty()) player.Start(seconds(2));
  player.OnFailure(0, {.stage = Stage::kPush, .cause = Cause::kTimeout}, seconds(4));
  player.Start(seconds(5));
  EXPECT_EQ(target_.started[0].size(), 2);
  player.Stop();
  player.OnReply(0, seconds(6));
  EXPECT_FALSE(player.Start(seconds(8)).has_value());
  EXPECT_EQ(target_.started[0].size(), 2);
}

}  // namespace
}  // namespace phx::loadgen
