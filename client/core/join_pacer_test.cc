#include "client/core/join_pacer.h"

#include <optional>

#include "gtest/gtest.h"

namespace phx::core {
namespace {

TEST(JoinPacerTest, GivesTurnsInTheOrderOfTheRequests) {
  JoinPacer pacer(10);
  pacer.Request(7);
  pacer.Request(3);
  EXPECT_EQ(pacer.Next(), 7);
  EXPECT_EQ(pacer.Next(), 3);
  EXPECT_EQ(pacer.Next(), std::nullopt);
}

TEST(JoinPacerTest, GivesNoMoreTurnsThanTheWindowHasPlaces) {
  JoinPacer pacer(2);
  for (ChannelId channel = 1; channel <= 4; ++channel) pacer.Request(channel);
  EXPECT_EQ(pacer.Next(), 1);
  EXPECT_EQ(pacer.Next(), 2);
  EXPECT_EQ(pacer.Next(), std::nullopt);
  pacer.Release();
  EXPECT_EQ(pacer.Next(), 3);
  EXPECT_EQ(pacer.Next(), std::nullopt);
}

TEST(JoinPacerTest, HasNoBoundWithAWindowOfZero) {
  JoinPacer pacer(0);
  for (ChannelId channel = 0; channel < 1000; ++channel) pacer.Request(channel);
  for (ChannelId channel = 0; channel < 1000; ++channel) EXPECT_EQ(pacer.Next(), channel);
}

TEST(JoinPacerTest, ForgetsWhoWaitsButNotWhoHoldsAPlace) {
  JoinPacer pacer(1);
  pacer.Request(1);
  pacer.Request(2);
  EXPECT_EQ(pacer.Next(), 1);
  pacer.Clear();
  pacer.Request(3);
  EXPECT_EQ(pacer.Next(), std::nullopt);
  pacer.Release();
  EXPECT_EQ(pacer.Next(), 3);
}

TEST(JoinPacerTest, KeepsTheOrderOfAQueueThatIsNeverEmpty) {
  JoinPacer pacer(1);
  ChannelId last = 0;
  for (int i = 0; i < 5; ++i) pacer.Request(++last);
  for (ChannelId expected = 1; expected <= 10'000; ++expected) {
    ASSERT_EQ(pacer.Next(), expected);
    pacer.Release();
    pacer.Request(++last);
  }
}

}  // namespace
}  // namespace phx::core
