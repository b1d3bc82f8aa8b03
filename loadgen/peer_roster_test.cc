#include "loadgen/peer_roster.h"

#include <chrono>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;

constexpr TimePoint kStart(seconds(100));

TEST(PeerRosterTest, WaitsUntilEachIsPrepared) {
  PeerRoster roster(2, kStart);
  roster.OnPrepared(0, "");
  EXPECT_FALSE(roster.AllPrepared(kStart));
  roster.OnPrepared(1, "too few descriptors");
  EXPECT_TRUE(roster.AllPrepared(kStart));
  EXPECT_EQ(roster.ProblemOf(0), "");
  EXPECT_EQ(roster.ProblemOf(1), "too few descriptors");
}

TEST(PeerRosterTest, WhoeverIsSilentForTooLongIsNotWaitedFor) {
  PeerRoster roster(2, kStart);
  roster.OnArrived(0);
  const TimePoint later = kStart + PeerRoster::kSilence;
  roster.OnHeard(0, later);
  EXPECT_FALSE(roster.IsLost(1, later));
  EXPECT_FALSE(roster.AllArrived(later));
  EXPECT_TRUE(roster.IsLost(1, later + Duration(1)));
  EXPECT_TRUE(roster.AllArrived(later + Duration(1)));
  EXPECT_EQ(roster.ProblemOf(1), "it gives no sign of life");
}

TEST(PeerRosterTest, AnythingThatIsHeardIsASignOfLife) {
  PeerRoster roster(1, kStart);
  roster.OnHeard(0, kStart + seconds(8));
  EXPECT_FALSE(roster.IsLost(0, kStart + seconds(16)));
  EXPECT_FALSE(roster.AllFiled(kStart + seconds(16)));
}

TEST(PeerRosterTest, OneThatFailedHoldsNobodyUp) {
  PeerRoster roster(2, kStart);
  roster.OnArrived(0);
  roster.OnFile(1, "{}");
  EXPECT_TRUE(roster.AllArrived(kStart));
}

TEST(PeerRosterTest, WhoeverHasHandedInItsFileMayGo) {
  PeerRoster roster(2, kStart);
  roster.OnFile(0, "a");
  EXPECT_FALSE(roster.AllFiled(kStart));
  roster.OnFile(1, "b");
  EXPECT_TRUE(roster.AllFiled(kStart));
  EXPECT_FALSE(roster.IsLost(1, kStart + seconds(60)));
  EXPECT_EQ(roster.file(1), "b");
}

}  // namespace
}  // namespace phx::loadgen
