#include "client/internal/atomic_status.h"

#include <chrono>
#include <optional>

#include "client/core/status.h"
#include "gtest/gtest.h"

namespace phx::internal {
namespace {

using namespace std::chrono_literals;

TEST(AtomicStatusTest, StartsAsTheFirstKind) {
  EXPECT_EQ(AtomicStatus<SocketStatus>().Load(), SocketStatus());
  EXPECT_EQ(AtomicStatus<ChannelStatus>().Load(), ChannelStatus());
}

TEST(AtomicStatusTest, GivesBackWhatItWasGiven) {
  AtomicStatus<ChannelStatus> status;
  for (const std::optional<TimePoint> until :
       {std::optional<TimePoint>(), std::optional(TimePoint(1us)),
        std::optional(TimePoint(24h * 365 * 100)), std::optional(TimePoint::max())}) {
    const ChannelStatus given{.kind = ChannelStatus::Kind::kRemoved, .until = until};
    status.Store(given);
    EXPECT_EQ(status.Load(), given);
  }
}

TEST(AtomicStatusTest, RoundsTheTimeDownToTheMicrosecond) {
  AtomicStatus<SocketStatus> status;
  status.Store({.kind = SocketStatus::Kind::kWaitingToReconnect, .until = TimePoint(1'234'567ns)});
  EXPECT_EQ(status.Load().until, TimePoint(1'234us));
}

}  // namespace
}  // namespace phx::internal
