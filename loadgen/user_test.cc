#include "loadgen/user.h"

#include <set>
#include <string>

#include "gtest/gtest.h"
#include "loadgen/sample_result.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(UserTest, HeartbeatsOfManyConnectionsAreSpread) {
  Plan plan = SamplePlan();
  plan.heartbeat = seconds(30);
  std::set<milliseconds> intervals;
  for (const auto& options : MakeSocketOptions(plan, plan.kinds.front()))
    intervals.insert(options->heartbeat_interval);
  EXPECT_GE(intervals.size(), 30);
  EXPECT_GE(*intervals.begin(), seconds(15));
  EXPECT_LE(*intervals.begin(), seconds(16));
  EXPECT_EQ(*intervals.rbegin(), seconds(30));
}

TEST(UserTest, NoHeartbeatsIfNoneAreAskedFor) {
  Plan plan = SamplePlan();
  plan.heartbeat = seconds(0);
  for (const auto& options : MakeSocketOptions(plan, plan.kinds.front())) {
    EXPECT_EQ(options->heartbeat_interval, milliseconds(0));
  }
}

TEST(UserTest, EachLocalAddressIsTakenEquallyOften) {
  Plan plan = SamplePlan();
  for (int i = 1; i <= 5; ++i) plan.local_addresses.push_back("127.0.0." + std::to_string(i));
  const auto options = MakeSocketOptions(plan, plan.kinds.front());
  EXPECT_GE(options.size(), 32);
  EXPECT_EQ(options.size() % 5, 0);
  for (const auto& each : options) EXPECT_TRUE(each->transport != nullptr);
  plan.local_addresses.clear();
  for (const auto& each : MakeSocketOptions(plan, plan.kinds.front()))
    EXPECT_TRUE(each->transport == nullptr);
}

}  // namespace
}  // namespace phx::loadgen
