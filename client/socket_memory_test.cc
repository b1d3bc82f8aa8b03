// What the whole client allocates in a steady flow, over a real connection: nothing for a message.
// A turn does allocate, whatever it is about: it is a wake-up by Asio, with type-erased executors
// and handlers.
#include <cstdint>

#include "gtest/gtest.h"
#include "testing/allocation_counter.h"
#include "testing/steady_conversation.h"

namespace phx {
namespace {

using ::phx::test::AllocationCounter;
using ::phx::test::SteadyConversation;

constexpr int kWarmUp = 100;
constexpr int kTurns = 100;

// What the client allocates in many turns; the ones before them warm its buffers up. In each,
// `broadcasts` messages come besides the replies.
std::int64_t AllocationsOf(SteadyConversation& conversation, int broadcasts = 0) {
  std::int64_t allocations = 0;
  for (int turn = 0; turn < kWarmUp + kTurns; ++turn) {
    conversation.Broadcast(broadcasts);
    conversation.RunServer();
    const AllocationCounter counter;
    conversation.RunClient();
    if (turn >= kWarmUp) allocations += counter.allocations();
  }
  return allocations;
}

// Those of one turn: Boost 1.81 makes one.
constexpr int kWakeUp = 2;

TEST(SocketMemoryTest, AllocatesNothingForAPushAndItsReply) {
  SteadyConversation conversation;
  conversation.KeepPushing(64);
  EXPECT_LE(AllocationsOf(conversation), kWakeUp * kTurns);
  EXPECT_GE(conversation.replies(), 64 * kTurns);
}

TEST(SocketMemoryTest, AllocatesForNoMoreThanItsTurnWhenPushesGoOneAtATime) {
  SteadyConversation conversation;
  conversation.KeepPushing(1);
  EXPECT_LE(AllocationsOf(conversation), kWakeUp * kTurns);
  EXPECT_GE(conversation.replies(), kTurns);
}

TEST(SocketMemoryTest, AllocatesNothingForAMessageThatIsHeard) {
  SteadyConversation conversation;
  const std::int64_t of_the_turns = AllocationsOf(conversation, 1);
  EXPECT_EQ(AllocationsOf(conversation, 64), of_the_turns);
  EXPECT_LE(of_the_turns, kWakeUp * kTurns);
  EXPECT_EQ(conversation.broadcasts_heard(), (64 + 1) * (kWarmUp + kTurns));
}

}  // namespace
}  // namespace phx
