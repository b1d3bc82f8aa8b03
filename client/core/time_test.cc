#include "client/core/time.h"

#include <chrono>

#include "gtest/gtest.h"

namespace phx::core {
namespace {

using namespace std::chrono_literals;

TEST(ToDurationTest, IsTheLongestForWhatTheClockCannotCount) {
  using std::chrono::milliseconds;
  EXPECT_EQ(ToDuration(10s), 10s);
  EXPECT_EQ(ToDuration(-10s), -10s);
  EXPECT_EQ(ToDuration(milliseconds::max()), Duration::max());
  EXPECT_EQ(ToDuration(milliseconds::min()), Duration::min());
}

TEST(DeadlineAfterTest, AddsTheWait) {
  const TimePoint now(5h);
  EXPECT_EQ(DeadlineAfter(now, 10ms), now + 10ms);
  EXPECT_EQ(DeadlineAfter(now, 0ms), now);
  EXPECT_EQ(DeadlineAfter(now, -10ms), now - 10ms);
}

TEST(DeadlineAfterTest, EndsWithTheClock) {
  const TimePoint now(5h);
  EXPECT_EQ(DeadlineAfter(now, Duration::max()), TimePoint::max());
  EXPECT_EQ(DeadlineAfter(TimePoint::max(), 1ns), TimePoint::max());
}

}  // namespace
}  // namespace phx::core
