#include "loadgen/broadcast_tally.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(BroadcastTallyTest, ASharedTopicOwesEachBroadcastToEachReceiver) {
  BroadcastTally one(/*groups=*/2, /*is_shared=*/true);
  BroadcastTally other(/*groups=*/2, /*is_shared=*/true);
  one.AddReceiver(0);
  other.AddReceiver(0);
  other.AddReceiver(1);
  one.Send(0);
  one.Receive(0);
  one.Merge(other);
  EXPECT_EQ(one.missing(), 1);
  one.Receive(0);
  EXPECT_EQ(one.missing(), 0);
  one.Send(1);
  EXPECT_EQ(one.missing(), 1);
}

TEST(BroadcastTallyTest, TopicsOfOneConnectionOweEachBroadcastOnce) {
  BroadcastTally tally(/*groups=*/1, /*is_shared=*/false);
  for (std::uint64_t channel = 0; channel < 5; ++channel) tally.AddReceiver(channel);
  tally.Send(3);
  tally.Send(4);
  tally.Receive(3);
  EXPECT_EQ(tally.missing(), 1);
}

}  // namespace
}  // namespace phx::loadgen
