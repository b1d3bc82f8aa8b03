#include "client/presence/presence_tracker.h"

#include <optional>
#include <string>
#include <vector>

#include "client/presence/test_presences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::test {
namespace {

using testing::ElementsAre;

constexpr Ref kJoin{3};
constexpr Ref kRejoin{7};

class PresenceTrackerTest : public testing::Test {
 protected:
  // What the diff changes; "pending" if it waits.
  std::vector<std::string> OnDiff(Ref join_ref, const std::string& diff) {
    const auto changes = tracker_.OnDiff(join_ref, Diff(diff));
    return changes.has_value() ? ToText(*changes) : std::vector<std::string>{"pending"};
  }
  std::vector<std::string> OnState(Ref join_ref, const std::string& state) {
    return ToText(tracker_.OnState(join_ref, State(state)));
  }
  std::string state() const { return ToText(tracker_.state()); }

  PresenceTracker tracker_{3};
};

TEST_F(PresenceTrackerTest, IsPendingUntilTheStateOfThePresentJoinHasCome) {
  EXPECT_TRUE(tracker_.IsPending(kJoin));
  OnState(kJoin, "ann: a");
  EXPECT_FALSE(tracker_.IsPending(kJoin));
  EXPECT_TRUE(tracker_.IsPending(kRejoin));
  EXPECT_TRUE(tracker_.IsPending(Ref{}));
}

TEST_F(PresenceTrackerTest, AppliesDiffsAtOnceAfterTheState) {
  OnState(kJoin, "ann: a");
  EXPECT_THAT(OnDiff(kJoin, "+bob: b"), ElementsAre("join bob +b"));
  EXPECT_THAT(OnDiff(kJoin, "-ann: a"), ElementsAre("leave ann [] -a"));
  EXPECT_EQ(state(), "bob: b");
}

// Applied at once, the leave found nobody, and the state then brought a ghost (phoenix#2255).
TEST_F(PresenceTrackerTest, DiffsBeforeTheStateWaitForIt) {
  EXPECT_THAT(OnDiff(kJoin, "-u1: 1"), ElementsAre("pending"));
  EXPECT_THAT(OnDiff(kJoin, "+u2: 2"), ElementsAre("pending"));
  EXPECT_EQ(state(), "");
  EXPECT_THAT(OnState(kJoin, "u1: 1"), ElementsAre("join u1 +1", "leave u1 [] -1", "join u2 +2"));
  EXPECT_EQ(state(), "u2: 2");
  EXPECT_EQ(tracker_.pending_diffs(), 0U);
}

// What a Phoenix server sends to whoever tracks itself: its own diff, and then the state with it.
TEST_F(PresenceTrackerTest, ADiffThatTheStateKnowsOfIsNoNews) {
  OnDiff(kJoin, "+ann: a");
  EXPECT_THAT(OnState(kJoin, "ann: a; bob: b"), ElementsAre("join ann +a", "join bob +b"));
}

TEST_F(PresenceTrackerTest, ARejoinBeginsAnewAndTellsTheNetChange) {
  OnState(kJoin, "ann: a; bob: b; cid: c");
  EXPECT_THAT(OnDiff(kRejoin, "+eve: e"), ElementsAre("pending"));
  EXPECT_EQ(state(), "ann: a; bob: b; cid: c");
  EXPECT_THAT(OnState(kRejoin, "ann: a; cid: c2; dan: d"),
              ElementsAre("join cid [c] +c2", "join dan +d", "leave bob [] -b", "leave cid [c2] -c",
                          "join eve +e", "update cid [c] -> [c2]"));
  EXPECT_EQ(state(), "ann: a; cid: c2; dan: d; eve: e");
}

TEST_F(PresenceTrackerTest, DiffsThatAnEarlierJoinLeftWaitingAreDropped) {
  OnDiff(kJoin, "+ghost: g");
  EXPECT_THAT(OnState(kRejoin, "ann: a"), ElementsAre("join ann +a"));
  OnDiff(Ref{9}, "+ghost: g");
  OnDiff(Ref{11}, "+bob: b");
  EXPECT_THAT(OnState(Ref{11}, "ann: a"), ElementsAre("join bob +b"));
}

TEST_F(PresenceTrackerTest, ASecondStateOfOneJoinIsTheNewTruth) {
  OnState(kJoin, "ann: a; bob: b");
  EXPECT_THAT(OnState(kJoin, "bob: b"), ElementsAre("leave ann [] -a"));
  EXPECT_THAT(OnDiff(kJoin, "+ann: a2"), ElementsAre("join ann +a2"));
}

TEST_F(PresenceTrackerTest, KeepsTheLatestOfTooManyWaitingDiffs) {
  for (const char* diff : {"+u1: 1", "+u2: 2", "+u3: 3", "+u4: 4", "+u5: 5"}) {
    OnDiff(kJoin, diff);
  }
  EXPECT_EQ(tracker_.pending_diffs(), 3U);
  EXPECT_EQ(tracker_.dropped_diffs(), 2U);
  EXPECT_THAT(OnState(kJoin, ""), ElementsAre("join u3 +3", "join u4 +4", "join u5 +5"));
}

TEST_F(PresenceTrackerTest, WithoutAnyStateNothingIsEverKnown) {
  OnDiff(kJoin, "+u1: 1");
  EXPECT_TRUE(tracker_.state().empty());
  EXPECT_TRUE(tracker_.IsPending(kJoin));
}

}  // namespace
}  // namespace phx::test
