#include "loadgen/descriptor_limit.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;

TEST(DescriptorLimitTest, CountsBothEndsOfAnEmbeddedServersConnections) {
  Plan plan;
  plan.connections = 1000;
  plan.threads = 2;
  EXPECT_EQ(DescriptorsNeeded(plan), 1000 + 2 * 4 + 64);
  plan.embedded = true;
  plan.server_threads = 1;
  EXPECT_EQ(DescriptorsNeeded(plan), 2000 + 3 * 4 + 64);
}

TEST(DescriptorLimitTest, AllowsExactlyWhatIsNeeded) {
  Plan plan;
  plan.connections = 1000;
  EXPECT_TRUE(CheckDescriptors(plan, DescriptorsNeeded(plan)).ok());
  EXPECT_FALSE(CheckDescriptors(plan, DescriptorsNeeded(plan) - 1).ok());
}

TEST(DescriptorLimitTest, SaysHowManyThereAreHowManyAreNeededAndWhatToDo) {
  Plan plan;
  plan.connections = 20'000;
  plan.embedded = true;
  plan.server_threads = 1;
  const absl::Status status = CheckDescriptors(plan, 20'000);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("20,000 connections need 40,072 file descriptors (the embedded server's ends "
                "count too), but this process may open 20,000."));
  EXPECT_THAT(std::string(status.message()), HasSubstr("--connections=9964 or less"));
}

TEST(DescriptorLimitTest, RaisesTheLimitOfThisProcess) {
  const auto limit = RaiseDescriptorLimit();
  ASSERT_TRUE(limit.ok()) << limit.status();
  EXPECT_GE(*limit, 64);
  EXPECT_EQ(*RaiseDescriptorLimit(), *limit);
}

}  // namespace
}  // namespace phx::loadgen
