#include "loadgen/port_range.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;

TEST(PortRangeTest, CountsBothEnds) {
  EXPECT_EQ(ParsePortRange("32768\t60999\n"), 28232);
  EXPECT_EQ(ParsePortRange("1 1"), 1);
}

TEST(PortRangeTest, RefusesWhatIsNoRange) {
  for (const char* text : {"", "32768", "a b", "5 4", "1 70000"}) {
    EXPECT_FALSE(ParsePortRange(text).has_value()) << text;
  }
}

TEST(PortRangeTest, WarnsOfMoreConnectionsThanPorts) {
  Plan plan;
  plan.connections = 100;
  EXPECT_FALSE(WarnOfPorts(plan, 100).has_value());
  EXPECT_THAT(WarnOfPorts(plan, 99).value_or(""),
              HasSubstr("100 connections to 1 port from 1 address need"));
}

TEST(PortRangeTest, EachPairOfAddressAndServerHasItsPorts) {
  Plan plan;
  plan.connections = 600;
  plan.urls = {"ws://a/socket", "ws://b/socket"};
  plan.local_addresses = {"127.0.0.2", "127.0.0.3", "127.0.0.4"};
  EXPECT_FALSE(WarnOfPorts(plan, 100).has_value());
  EXPECT_THAT(WarnOfPorts(plan, 99).value_or(""), HasSubstr("to 2 ports from 3 addresses need"));
}

}  // namespace
}  // namespace phx::loadgen
