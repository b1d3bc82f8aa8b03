#include "client/core/transport_choice.h"

#include <chrono>
#include <optional>

#include "client/core/action.h"
#include "client/core/options.h"
#include "client/core/time.h"
#include "gtest/gtest.h"

namespace phx::core {
namespace {

using namespace std::chrono_literals;

constexpr TransportKind kPrimary = TransportKind::kPrimary;
constexpr TransportKind kFallback = TransportKind::kFallback;

class TransportChoiceTest : public ::testing::Test {
 protected:
  void FailWith(TransportKind kind) {
    EXPECT_EQ(choice_.Choose(now_), kind);
    choice_.OnUnhealthy();
  }
  void SucceedWith(TransportKind kind) {
    EXPECT_EQ(choice_.Choose(now_), kind);
    choice_.OnHealthy(now_);
  }

  TransportChoice choice_{FallbackPolicy{.max_unhealthy = 3, .memory = 30min}};
  TimePoint now_;
};

TEST_F(TransportChoiceTest, WithoutAPolicyThereIsOne) {
  TransportChoice choice{std::nullopt};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(choice.Choose(now_), kPrimary);
    choice.OnUnhealthy();
  }
  EXPECT_FALSE(choice.is_on_trial());
}

TEST_F(TransportChoiceTest, NeverHealthyItFallsBackAtOnce) {
  FailWith(kPrimary);
  SucceedWith(kFallback);
}

// One failed reconnect, while the server restarts, says nothing about the network.
TEST_F(TransportChoiceTest, OnceHealthyItTakesSeveralFailuresInARow) {
  SucceedWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kPrimary);
  SucceedWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kPrimary);
  EXPECT_EQ(choice_.Choose(now_), kFallback);
}

TEST_F(TransportChoiceTest, WhereBothFailTheyTakeTurns) {
  FailWith(kPrimary);
  FailWith(kFallback);
  FailWith(kPrimary);
  FailWith(kFallback);
  SucceedWith(kPrimary);
}

TEST_F(TransportChoiceTest, AFallbackThatWorksWhereTheFirstNeverDidIsRemembered) {
  FailWith(kPrimary);
  SucceedWith(kFallback);
  now_ += 29min;
  FailWith(kFallback);  // the server restarts
  SucceedWith(kFallback);
  EXPECT_EQ(choice_.ReturnAt(), now_ + 1min);
}

// The device may be in another network by now.
TEST_F(TransportChoiceTest, ARememberedFallbackThatFailsSeveralTimesInARowIsForgotten) {
  FailWith(kPrimary);
  SucceedWith(kFallback);
  FailWith(kFallback);
  FailWith(kFallback);
  FailWith(kFallback);
  FailWith(kPrimary);
  FailWith(kFallback);
  SucceedWith(kPrimary);
}

TEST_F(TransportChoiceTest, TakesOneFailureForTheFewestThatThereCanBe) {
  choice_ = TransportChoice(FallbackPolicy{.max_unhealthy = 0, .memory = 30min});
  SucceedWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kFallback);
  FailWith(kPrimary);
}

TEST_F(TransportChoiceTest, TheMemoryEnds) {
  FailWith(kPrimary);
  SucceedWith(kFallback);
  EXPECT_EQ(choice_.ReturnAt(), now_ + 30min);
  now_ += 30min;
  FailWith(kPrimary);
  SucceedWith(kFallback);
  EXPECT_EQ(choice_.ReturnAt(), now_ + 30min);
}

TEST_F(TransportChoiceTest, AFirstTransportThatWasHealthyIsTriedAtEachReconnect) {
  SucceedWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kPrimary);
  FailWith(kPrimary);
  SucceedWith(kFallback);
  EXPECT_EQ(choice_.ReturnAt(), now_ + 30min);
  FailWith(kPrimary);  // one try is enough now
  SucceedWith(kFallback);
  SucceedWith(kPrimary);
  EXPECT_EQ(choice_.ReturnAt(), std::nullopt);
}

}  // namespace
}  // namespace phx::core
