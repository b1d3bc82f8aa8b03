// What the whole client has the processor and the kernel do for a message, over a real connection.
// The bounds are what is needed now with some room: whoever doubles it should know.
#include <cstdint>
#include <optional>

#include "gtest/gtest.h"
#include "testing/execution_count.h"
#include "testing/steady_conversation.h"

namespace phx {
namespace {

using ::phx::test::Countable;
using ::phx::test::CountedPart;
using ::phx::test::CountExecution;
using ::phx::test::SteadyConversation;

constexpr int kWarmUp = 20;

// What each turn of the client has to count, in which `pushes` are replied to and pushed again, and
// `broadcasts` heard. nullopt if it cannot be counted here.
std::optional<double> PerTurn(Countable what, int turns, int pushes, int broadcasts) {
  SteadyConversation conversation;
  conversation.KeepPushing(pushes);
  const auto play = [&](const auto& run_client) {
    conversation.Broadcast(broadcasts);
    conversation.RunServer();
    run_client();
  };
  for (int turn = 0; turn < kWarmUp; ++turn) play([&] { conversation.RunClient(); });
  const std::optional<std::int64_t> count = CountExecution(what, [&](CountedPart& part) {
    for (int turn = 0; turn < turns; ++turn) {
      play([&] {
        part.Begin();
        conversation.RunClient();
        part.End();
      });
    }
  });
  if (!count.has_value()) return std::nullopt;
  return static_cast<double>(*count) / turns;
}

constexpr char kCannotCount[] = "this system does not let a process trace another";

// Waiting, reading, writing, and looking whether there is more.
TEST(SocketExecutionTest, NeedsAHandfulOfSystemCallsForAWholeBatch) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer adds its own";
#endif
  constexpr int kTurns = 20;
  const std::optional<double> batch = PerTurn(Countable::kSystemCalls, kTurns, 256, 0);
  if (!batch.has_value()) GTEST_SKIP() << kCannotCount;
  EXPECT_LE(*batch, 12);
  EXPECT_GE(*batch, 3);
  EXPECT_LE(PerTurn(Countable::kSystemCalls, kTurns, 1, 0), 8);
  EXPECT_LE(PerTurn(Countable::kSystemCalls, kTurns, 0, 256), 8);
}

// Of one message more in a turn.
std::optional<double> InstructionsPerMessage(int pushes, int broadcasts) {
  constexpr int kTurns = 2;
  const auto one = PerTurn(Countable::kInstructions, kTurns, pushes, broadcasts);
  const auto nine = PerTurn(Countable::kInstructions, kTurns, 9 * pushes, 9 * broadcasts);
  if (!one.has_value() || !nine.has_value()) return std::nullopt;
  return (*nine - *one) / 8;
}

TEST(SocketExecutionTest, NeedsNoMoreInstructionsThanItDid) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer adds its own";
#endif
#ifndef __OPTIMIZE__
  GTEST_SKIP() << "nobody minds what code costs that is not optimised: --config=opt";
#endif
  const std::optional<double> push_and_reply = InstructionsPerMessage(1, 0);
  if (!push_and_reply.has_value()) GTEST_SKIP() << kCannotCount;
  const std::optional<double> broadcast = InstructionsPerMessage(0, 1);
  RecordProperty("instructions_per_push_and_reply", static_cast<int>(*push_and_reply));
  RecordProperty("instructions_per_broadcast", static_cast<int>(*broadcast));
  EXPECT_LT(*push_and_reply, 4'800);
  EXPECT_GT(*push_and_reply, 500);
  EXPECT_LT(*broadcast, 1'500);
  EXPECT_GT(*broadcast, 100);
}

}  // namespace
}  // namespace phx
