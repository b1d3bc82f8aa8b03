#include "loadgen/ramp.h"

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

int BeginAll(Ramp* ramp, Duration now) {
  int begun = 0;
  while (ramp->Next(now).has_value()) ++begun;
  return begun;
}

TEST(RampTest, BeginsAsManyAsMayBeInProgress) {
  Ramp ramp({.share = {.lanes = 10}, .max_in_progress = 4});
  EXPECT_EQ(BeginAll(&ramp, seconds(0)), 4);
  EXPECT_FALSE(ramp.next_due().has_value());
  ramp.Finished();
  EXPECT_EQ(ramp.next_due(), Duration::zero());
  EXPECT_EQ(BeginAll(&ramp, seconds(1)), 1);
}

TEST(RampTest, NumbersConnectionsInOrder) {
  Ramp ramp({.share = {.lanes = 2}, .max_in_progress = 4});
  EXPECT_EQ(ramp.Next(seconds(0))->own_index, 0);
  EXPECT_EQ(ramp.Next(seconds(0))->own_index, 1);
  EXPECT_FALSE(ramp.Next(seconds(0)).has_value());
}

TEST(RampTest, WithoutRateLatencyCountsFromTheBeginning) {
  Ramp ramp({.share = {.lanes = 2}, .max_in_progress = 1});
  EXPECT_EQ(ramp.Next(milliseconds(7))->intended, milliseconds(7));
}

TEST(RampTest, WithRateLatencyCountsFromWhenItWasDue) {
  Ramp ramp({.share = {.lanes = 3}, .rate = 100, .max_in_progress = 1});
  EXPECT_EQ(ramp.Next(milliseconds(0))->intended, milliseconds(0));
  // The second is due after 10 ms, but there is no room until 25 ms.
  EXPECT_FALSE(ramp.Next(milliseconds(15)).has_value());
  ramp.Finished();
  EXPECT_EQ(ramp.Next(milliseconds(25))->intended, milliseconds(10));
}

TEST(RampTest, WithRateWaitsForTheNextOne) {
  Ramp ramp({.share = {.lanes = 3}, .rate = 100, .max_in_progress = 10});
  EXPECT_EQ(BeginAll(&ramp, milliseconds(0)), 1);
  EXPECT_EQ(ramp.next_due(), milliseconds(10));
}

TEST(RampTest, IsDoneWhenAllAreThrough) {
  Ramp ramp({.share = {.lanes = 2}, .max_in_progress = 2});
  EXPECT_EQ(BeginAll(&ramp, seconds(0)), 2);
  ramp.Finished();
  EXPECT_FALSE(ramp.done());
  ramp.Finished();
  EXPECT_TRUE(ramp.done());
}

TEST(RampTest, TakesOnlyItsThreadsConnections) {
  Ramp ramp({.share = {.lanes = 5, .worker = 1, .workers = 2}, .rate = 10, .max_in_progress = 9});
  EXPECT_EQ(ramp.Next(seconds(9))->intended, milliseconds(100));
  EXPECT_EQ(ramp.Next(seconds(9))->intended, milliseconds(300));
  EXPECT_FALSE(ramp.Next(seconds(9)).has_value());
}

TEST(RampTest, CancelGivesUpWhatHasNotBegun) {
  Ramp ramp({.share = {.lanes = 5}, .max_in_progress = 2});
  EXPECT_EQ(BeginAll(&ramp, seconds(0)), 2);
  EXPECT_EQ(ramp.Cancel(), 3);
  ramp.Finished();
  ramp.Finished();
  EXPECT_TRUE(ramp.done());
  EXPECT_FALSE(ramp.Next(seconds(1)).has_value());
}

}  // namespace
}  // namespace phx::loadgen
