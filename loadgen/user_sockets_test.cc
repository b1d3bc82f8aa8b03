#include "loadgen/user_sockets.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "client/options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/sample_result.h"
#include "loadgen/time.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::Ne;

UserSockets SocketsOf(const Plan& plan) { return {plan, plan.kinds.front()}; }

TEST(UserSocketsTest, HeartbeatsOfManyConnectionsAreSpread) {
  Plan plan = SamplePlan();
  plan.heartbeat = seconds(30);
  const UserSockets sockets = SocketsOf(plan);
  std::set<milliseconds> intervals;
  for (const auto& options : sockets.shared()) {
    intervals.insert(options->heartbeat_interval);
  }
  EXPECT_GE(intervals.size(), 30);
  EXPECT_GE(*intervals.begin(), seconds(15));
  EXPECT_LE(*intervals.begin(), seconds(16));
  EXPECT_EQ(*intervals.rbegin(), seconds(30));
}

TEST(UserSocketsTest, NoHeartbeatsIfNoneAreAskedFor) {
  Plan plan = SamplePlan();
  plan.heartbeat = seconds(0);
  const UserSockets sockets = SocketsOf(plan);
  for (const auto& options : sockets.shared()) {
    EXPECT_EQ(options->heartbeat_interval, milliseconds(0));
  }
}

TEST(UserSocketsTest, EachLocalAddressIsTakenEquallyOften) {
  Plan plan = SamplePlan();
  for (int i = 1; i <= 5; ++i) plan.local_addresses.push_back("127.0.0." + std::to_string(i));
  const UserSockets sockets = SocketsOf(plan);
  EXPECT_GE(sockets.shared().size(), 32);
  EXPECT_EQ(sockets.shared().size() % 5, 0);
}

TEST(UserSocketsTest, OptionsAreSharedWhereNothingIsAConnectionsOwn) {
  const Plan plan = SamplePlan();
  const UserSockets sockets = SocketsOf(plan);
  EXPECT_EQ(sockets.OptionsOf(1), sockets.OptionsOf(1 + sockets.shared().size()));
}

// The waits before the first so many attempts to reconnect, and to rejoin.
std::vector<Duration> WaitsOf(const UserSockets& sockets, std::uint64_t number) {
  const std::shared_ptr<const SocketOptions> options = sockets.OptionsOf(number);
  EXPECT_EQ(options->jitter, 0);  // it would be the client's own
  std::vector<Duration> waits;
  for (int tries = 1; tries <= 12; ++tries) {
    waits.emplace_back(options->reconnect_after(tries));
    EXPECT_GE(waits.back(), DefaultReconnectAfter(tries) / 2);
    EXPECT_LE(waits.back(), DefaultReconnectAfter(tries) * 3 / 2);
    waits.emplace_back(options->rejoin_after(tries));
    EXPECT_GE(waits.back(), DefaultRejoinAfter(tries) / 2);
    EXPECT_LE(waits.back(), DefaultRejoinAfter(tries) * 3 / 2);
  }
  return waits;
}

TEST(UserSocketsTest, TheSeedRepeatsTheWaitsOfEachConnection) {
  Plan plan = SamplePlan();
  plan.reconnect = true;
  plan.seed = 7;
  const std::vector<Duration> first = WaitsOf(SocketsOf(plan), 1);
  EXPECT_EQ(WaitsOf(SocketsOf(plan), 1), first);
  EXPECT_THAT(WaitsOf(SocketsOf(plan), 2), Ne(first));
  plan.seed = 8;
  EXPECT_THAT(WaitsOf(SocketsOf(plan), 1), Ne(first));
}

TEST(UserSocketsTest, OnlyTheConnectionThatIsAskedForIsTraced) {
  Plan plan = SamplePlan();
  plan.debug_frames = 2;
  const UserSockets sockets = SocketsOf(plan);
  EXPECT_EQ(sockets.OptionsOf(1)->serializer, nullptr);
  EXPECT_THAT(sockets.OptionsOf(2)->serializer, Ne(nullptr));
}

}  // namespace
}  // namespace phx::loadgen
