#include "mockserver/timer_heap.h"

#include <chrono>
#include <optional>

#include "gtest/gtest.h"
#include "mockserver/time_point.h"

namespace phx::mock {
namespace {

TimePoint At(int ms) { return TimePoint() + std::chrono::milliseconds(ms); }

TEST(TimerHeapTest, GivesTheSoonestFirstAndEqualTimesInOrder) {
  TimerHeap<int> timers;
  EXPECT_EQ(timers.NextDeadline(), std::nullopt);
  timers.Add(At(20), 1);
  timers.Add(At(10), 2);
  timers.Add(At(20), 3);
  timers.Add(At(10), 4);
  EXPECT_EQ(timers.NextDeadline(), At(10));
  EXPECT_EQ(timers.TakeDue(At(9)), std::nullopt);
  EXPECT_EQ(timers.TakeDue(At(30)), 2);
  EXPECT_EQ(timers.TakeDue(At(30)), 4);
  EXPECT_EQ(timers.TakeDue(At(30)), 1);
  EXPECT_EQ(timers.TakeDue(At(30)), 3);
  EXPECT_EQ(timers.TakeDue(At(30)), std::nullopt);
}

TEST(TimerHeapTest, KeepsTheOrderOfWhatRemains) {
  TimerHeap<int> timers;
  for (int i = 0; i != 10; ++i) timers.Add(At(100 - i), i);
  timers.RemoveIf([](int what) { return what % 2 == 1; });
  for (const int expected : {8, 6, 4, 2, 0}) EXPECT_EQ(timers.TakeDue(At(200)), expected);
  EXPECT_EQ(timers.NextDeadline(), std::nullopt);
}

}  // namespace
}  // namespace phx::mock
