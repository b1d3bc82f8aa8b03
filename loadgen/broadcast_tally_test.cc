#include "loadgen/broadcast_tally.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(BroadcastTallyTest, ASharedTopicOwesEachBroadcastToEachReceiver) {
  BroadcastTally one;
  BroadcastTally other;
  const std::size_t lobby = one.Topic("lobby");
  EXPECT_NE(other.Topic("den"), one.Topic("den"));  // threads meet topics in their own order
  one.AddReceiver(lobby);
  other.AddReceiver(other.Topic("lobby"));
  other.AddReceiver(other.Topic("den"));
  one.Send(lobby);
  one.Receive(lobby);
  one.Merge(other);
  EXPECT_EQ(one.missing(), 1);
  one.Receive(lobby);
  EXPECT_EQ(one.missing(), 0);
  one.Send(one.Topic("den"));
  EXPECT_EQ(one.missing(), 1);
}

TEST(BroadcastTallyTest, TopicsOfOneConnectionOweEachBroadcastOnce) {
  BroadcastTally tally;
  for (int i = 0; i < 5; ++i) tally.AddReceiver(BroadcastTally::kOwnTopics);
  tally.Send(BroadcastTally::kOwnTopics);
  tally.Send(BroadcastTally::kOwnTopics);
  tally.Receive(BroadcastTally::kOwnTopics);
  EXPECT_EQ(tally.missing(), 1);
}

TEST(BroadcastTallyTest, TheSameTopicIsFoundAgain) {
  BroadcastTally tally;
  EXPECT_EQ(tally.Topic("a"), tally.Topic("a"));
  EXPECT_NE(tally.Topic("a"), tally.Topic("b"));
}

TEST(BroadcastTallyTest, BroadcastsOfOtherShardsAreOwedByNobodyUntilAllAreMerged) {
  // Two shards with a receiver each, of which one sends two. The other one gets the first of them.
  BroadcastTally sender;
  BroadcastTally other;
  const std::size_t lobby = sender.Topic("lobby");
  ASSERT_NE(other.Topic("den"), other.Topic("lobby"));  // of which the first one knows nothing
  sender.AddReceiver(lobby);
  other.AddReceiver(other.Topic("lobby"));
  for (int i = 0; i < 2; ++i) {
    sender.Send(lobby);
    sender.Receive(lobby);
  }
  other.Receive(other.Topic("lobby"), /*is_own=*/false);
  EXPECT_EQ(sender.missing(), 0);
  EXPECT_EQ(other.missing(), 0);
  BroadcastTally whole;
  whole.MergeShard(sender);
  whole.MergeShard(other);
  EXPECT_EQ(whole.missing(), 1);
}

}  // namespace
}  // namespace phx::loadgen
