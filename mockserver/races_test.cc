#include "mockserver/races.h"

#include <map>
#include <vector>

#include "gtest/gtest.h"

namespace phx::mock {
namespace {

std::vector<RaceOutcome> Draw(const Races& races, std::uint64_t connection, int count) {
  RaceJudge judge(races, connection);
  std::vector<RaceOutcome> outcomes;
  for (int i = 0; i != count; ++i) outcomes.push_back(judge.Decide(RaceKind::kLeaveThenJoin));
  return outcomes;
}

TEST(RacesTest, TakesTheChosenOutcomeOfEachKind) {
  Races races;
  races.leave_then_push = RaceOutcome::kHandled;
  races.push_then_join = RaceOutcome::kLate;
  RaceJudge judge(races, 1);
  EXPECT_EQ(judge.Decide(RaceKind::kLeaveThenJoin), RaceOutcome::kLost);
  EXPECT_EQ(judge.Decide(RaceKind::kLeaveThenPush), RaceOutcome::kHandled);
  EXPECT_EQ(judge.Decide(RaceKind::kPushThenJoin), RaceOutcome::kLate);
  EXPECT_EQ(judge.Decide(RaceKind::kPushThenPush), RaceOutcome::kLost);
  EXPECT_EQ(judge.Decide(RaceKind::kPushThenMalformed), RaceOutcome::kLost);
}

TEST(RacesTest, DrawsTheSameFromTheSameSeed) {
  EXPECT_EQ(Draw(Races::Seeded(7), 1, 100), Draw(Races::Seeded(7), 1, 100));
  EXPECT_NE(Draw(Races::Seeded(7), 1, 100), Draw(Races::Seeded(8), 1, 100));
  EXPECT_NE(Draw(Races::Seeded(7), 1, 100), Draw(Races::Seeded(7), 2, 100));
}

TEST(RacesTest, DrawsWithTheFrequenciesOfRealServers) {
  std::map<RaceOutcome, int> counts;
  for (const RaceOutcome outcome : Draw(Races::Seeded(1), 1, 32000)) ++counts[outcome];
  EXPECT_NEAR(counts[RaceOutcome::kHandled], 32000 * 23.0 / 80, 400);
  EXPECT_NEAR(counts[RaceOutcome::kLate], 100, 50);
}

TEST(RacesTest, DiffsComeBehindRepliesUnlessToldOrDrawnOtherwise) {
  const auto count = [](const Races& races, PresenceChange change) {
    RaceJudge judge(races, 1);
    int first = 0;
    for (int i = 0; i != 32000; ++i) first += judge.DiffOvertakes(change) ? 1 : 0;
    return first;
  };
  EXPECT_EQ(count({}, PresenceChange::kUpdate), 0);
  EXPECT_EQ(count(Races::All(RaceOutcome::kHandled), PresenceChange::kUntrack), 0);
  EXPECT_EQ(count({.presence_diff_first = true}, PresenceChange::kUpdate), 32000);
  EXPECT_NEAR(count(Races::Seeded(1), PresenceChange::kUpdate), 200, 60);
  EXPECT_NEAR(count(Races::Seeded(1), PresenceChange::kUntrack), 1200, 150);
}

}  // namespace
}  // namespace phx::mock
