#include "loadgen/user.h"

#include <set>

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
  for (const auto& options : MakeSocketOptions(plan)) intervals.insert(options->heartbeat_interval);
  EXPECT_GE(intervals.size(), 30);
  EXPECT_GE(*intervals.begin(), seconds(15));
  EXPECT_LE(*intervals.begin(), seconds(16));
  EXPECT_EQ(*intervals.rbegin(), seconds(30));
}

TEST(UserTest, NoHeartbeatsIfNoneAreAskedFor) {
  Plan plan = SamplePlan();
  plan.heartbeat = seconds(0);
  for (const auto& options : MakeSocketOptions(plan)) {
    EXPECT_EQ(options->heartbeat_interval, milliseconds(0));
  }
}

}  // namespace
}  // namespace phx::loadgen
