#include "client/presence/presence_sync.h"

#include <string>
#include <vector>

#include "client/presence/test_presences.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::test {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

PresenceEntry WithStatus(const std::string& ref, const std::string& status) {
  return PresenceEntry().WithMetas({{{"phx_ref", ref}, {"status", status}}});
}

TEST(SyncStateTest, TheFirstStateIsAllJoins) {
  const PresenceSync sync = SyncState(PresenceState(), State("ann: a; bob: b c"));
  EXPECT_EQ(ToText(sync.state), "ann: a; bob: b c");
  EXPECT_THAT(ToText(sync.changes), ElementsAre("join ann +a", "join bob +b c"));
}

TEST(SyncStateTest, TellsTheNetChangeOnly) {
  const PresenceSync sync =
      SyncState(State("ann: a; bob: b1 b2; cid: c"), State("ann: a; bob: b2 b3; dan: d"));
  EXPECT_EQ(ToText(sync.state), "ann: a; bob: b2 b3; dan: d");
  EXPECT_THAT(ToText(sync.changes),
              ElementsAre("join bob [b1 b2] +b3", "join dan +d", "leave bob [b2 b3] -b1",
                          "leave cid [] -c", "update bob [b1 b2] -> [b2 b3]"));
}

TEST(SyncStateTest, TheSameStateAgainChangesNothing) {
  const PresenceState state = State("ann: a; bob: b c");
  const PresenceSync sync = SyncState(state, State("bob: c b; ann: a"));
  EXPECT_EQ(sync.state, state);
  EXPECT_THAT(sync.changes, IsEmpty());
}

TEST(SyncStateTest, AnEmptyStateTakesEverybodyAway) {
  const PresenceSync sync = SyncState(State("ann: a; bob: b c"), PresenceState());
  EXPECT_TRUE(sync.state.empty());
  EXPECT_THAT(ToText(sync.changes), ElementsAre("leave ann [] -a", "leave bob [] -b c"));
}

// phoenix.js changed the state that it was given (dffe05346).
TEST(SyncStateTest, LeavesWhatItIsGivenAlone) {
  const PresenceState current = State("ann: a; bob: b1 b2");
  const PresenceState incoming = State("bob: b2 b3; cid: c");
  SyncState(current, incoming);
  EXPECT_EQ(ToText(current), "ann: a; bob: b1 b2");
  EXPECT_EQ(ToText(incoming), "bob: b2 b3; cid: c");
}

TEST(SyncDiffTest, LeavesWhatItIsGivenAlone) {
  const PresenceState current = State("ann: a; bob: b");
  const PresenceDiff diff = Diff("+ann: a2; +cid: c; -ann: a; -bob: b");
  SyncDiff(current, diff);
  EXPECT_EQ(ToText(current), "ann: a; bob: b");
  EXPECT_EQ(diff.joins, Diff("+ann: a2; +cid: c").joins);
  EXPECT_EQ(diff.leaves, Diff("-ann: a; -bob: b").leaves);
}

TEST(SyncDiffTest, AddsTheMetasOfAnotherDeviceBehindThoseThatAreThere) {
  const PresenceSync sync = SyncDiff(State("ann: a b"), Diff("+ann: c d"));
  EXPECT_EQ(ToText(sync.state), "ann: a b c d");
  EXPECT_THAT(ToText(sync.changes),
              ElementsAre("join ann [a b] +c d", "update ann [a b] -> [a b c d]"));
}

// In phoenix.js the old metas came along (phoenix#3475).
TEST(SyncDiffTest, AJoinTellsOfTheJoinedMetasOnly) {
  const PresenceSync sync = SyncDiff(State("u1: 1"), Diff("+u1: 2"));
  ASSERT_FALSE(sync.changes.empty());
  const auto& joined = std::get<PresenceJoined>(sync.changes.front());
  EXPECT_EQ(joined.before, Entry({"1"}));
  EXPECT_EQ(joined.joined, Entry({"2"}));
  EXPECT_FALSE(joined.is_first());
}

TEST(SyncDiffTest, AnUpdateIsAJoinAndThenALeave) {
  const PresenceSync sync = SyncDiff(State("ann: a"), Diff("+ann: a2; -ann: a"));
  EXPECT_EQ(ToText(sync.state), "ann: a2");
  EXPECT_THAT(ToText(sync.changes),
              ElementsAre("join ann [a] +a2", "leave ann [a2] -a", "update ann [a] -> [a2]"));
}

TEST(SyncDiffTest, JoinsGoBeforeLeavesWhateverTheKeys) {
  const PresenceSync sync = SyncDiff(State("ann: a"), Diff("-ann: a; +zoe: z"));
  EXPECT_THAT(ToText(sync.changes), ElementsAre("join zoe +z", "leave ann [] -a"));
}

TEST(SyncDiffTest, ALeaveTakesThoseMetasOnlyAndTheKeyWithTheLast) {
  const PresenceSync one = SyncDiff(State("ann: a b c"), Diff("-ann: b"));
  EXPECT_EQ(ToText(one.state), "ann: a c");
  EXPECT_THAT(ToText(one.changes),
              ElementsAre("leave ann [a c] -b", "update ann [a b c] -> [a c]"));
  EXPECT_FALSE(std::get<PresenceLeft>(one.changes.front()).is_last());
  const PresenceSync all = SyncDiff(one.state, Diff("-ann: a c"));
  EXPECT_TRUE(all.state.empty());
  EXPECT_THAT(ToText(all.changes), ElementsAre("leave ann [] -a c"));
  EXPECT_TRUE(std::get<PresenceLeft>(all.changes.front()).is_last());
}

TEST(SyncDiffTest, ALeaveOfSomebodyUnknownIsIgnored) {
  const PresenceSync sync = SyncDiff(State("ann: a"), Diff("-bob: b; -ann: other"));
  EXPECT_EQ(ToText(sync.state), "ann: a");
  EXPECT_THAT(sync.changes, IsEmpty());
}

// phoenix#2451, #2453.
TEST(SyncDiffTest, AJoinOfAKnownPhxRefDoesNotDoubleTheMeta) {
  const PresenceSync sync = SyncDiff(State("ann: a b"), Diff("+ann: a"));
  EXPECT_EQ(ToText(sync.state), "ann: a b");
  EXPECT_THAT(sync.changes, IsEmpty());
  const PresenceSync more = SyncDiff(State("ann: a b"), Diff("+ann: a c"));
  EXPECT_EQ(ToText(more.state), "ann: a b c");
  EXPECT_THAT(ToText(more.changes),
              ElementsAre("join ann [a b] +c", "update ann [a b] -> [a b c]"));
}

TEST(SyncDiffTest, AKnownPhxRefWithAnotherMetaReplacesIt) {
  PresenceState state;
  state.Set("ann", WithStatus("a", "here"));
  const PresenceSync sync = SyncDiff(state, {.joins = {{"ann", WithStatus("a", "away")}}});
  ASSERT_NE(sync.state.Find("ann"), nullptr);
  EXPECT_EQ(*sync.state.Find("ann"), WithStatus("a", "away"));
  EXPECT_THAT(ToText(sync.changes), ElementsAre("join ann [a] +a", "update ann [a] -> [a]"));
}

// The Dart client handled the first key only.
TEST(SyncDiffTest, HandlesAllKeysOfADiff) {
  const PresenceSync sync =
      SyncDiff(State("dan: d; eve: e"), Diff("+ann: a; +bob: b; +cid: c; -dan: d; -eve: e"));
  EXPECT_EQ(ToText(sync.state), "ann: a; bob: b; cid: c");
  EXPECT_THAT(sync.changes, testing::SizeIs(5));
}

// phoenix.js lost "__proto__" (e84b8f6a2).
TEST(SyncDiffTest, KeysAreAnyStrings) {
  for (const char* key : {"__proto__", "", "a.b", "é", "constructor"}) {
    const PresenceDiff join{.joins = {{key, Entry({"1"})}}};
    const PresenceDiff leave{.leaves = {{key, Entry({"1"})}}};
    const PresenceSync there = SyncDiff(State("other: o"), join);
    ASSERT_NE(there.state.Find(key), nullptr) << key;
    const PresenceSync gone = SyncDiff(there.state, leave);
    EXPECT_EQ(gone.state.Find(key), nullptr) << key;
    EXPECT_EQ(SyncState(PresenceState(), there.state).state, there.state) << key;
  }
}

TEST(SyncDiffTest, WhatAFetchAddedComesFromTheLatestJoin) {
  PresenceState state;
  state.Set("ann", *PresenceEntry::Parse({{"metas", {{{"phx_ref", "1"}}}}, {"user", "Ann"}}));
  const PresenceEntry renamed =
      *PresenceEntry::Parse({{"metas", {{{"phx_ref", "2"}}}}, {"user", "Anna"}});
  const PresenceSync sync = SyncDiff(state, {.joins = {{"ann", renamed}}});
  EXPECT_EQ(sync.state.Find("ann")->json(),
            json({{"metas", {{{"phx_ref", "1"}}, {{"phx_ref", "2"}}}}, {"user", "Anna"}}));
}

TEST(PresenceEditorTest, TellsOneUpdateAKeyForAllThatItApplied) {
  PresenceState state = State("ann: a; bob: b");
  PresenceEditor editor(state);
  editor.Apply(Diff("+ann: a2; -ann: a"));
  editor.Apply(Diff("+ann: a3; -ann: a2; -bob: b"));
  editor.Apply(Diff("+bob: b2; +cid: c"));
  editor.Apply(Diff("+cid: c2; -cid: c"));
  EXPECT_THAT(ToText(editor.Finish()),
              ElementsAre("join ann [a] +a2", "leave ann [a2] -a", "join ann [a2] +a3",
                          "leave ann [a3] -a2", "leave bob [] -b", "join bob +b2", "join cid +c",
                          "join cid [c] +c2", "leave cid [c2] -c", "update ann [a] -> [a3]",
                          "update bob [b] -> [b2]"));
  EXPECT_EQ(ToText(state), "ann: a3; bob: b2; cid: c2");
}

}  // namespace
}  // namespace phx::test
