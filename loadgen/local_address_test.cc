#include "loadgen/local_address.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LocalAddressTest, RangesHaveBothTheirEnds) {
  EXPECT_THAT(*ParseLocalAddresses("127.0.0.2-127.0.0.4"),
              ElementsAre("127.0.0.2", "127.0.0.3", "127.0.0.4"));
  EXPECT_THAT(*ParseLocalAddresses("10.0.0.255-10.0.1.0"), ElementsAre("10.0.0.255", "10.0.1.0"));
  EXPECT_THAT(*ParseLocalAddresses("255.255.255.255-255.255.255.255"),
              ElementsAre("255.255.255.255"));
}

TEST(LocalAddressTest, CommasMakeLists) {
  EXPECT_THAT(*ParseLocalAddresses("::1,10.0.0.7,127.0.0.2-127.0.0.3"),
              ElementsAre("::1", "10.0.0.7", "127.0.0.2", "127.0.0.3"));
}

TEST(LocalAddressTest, MistakesAreSaid) {
  const auto message = [](const char* text) {
    return std::string(ParseLocalAddresses(text).status().message());
  };
  EXPECT_THAT(message("127.0.0.2,localhost"), HasSubstr("\"localhost\", which is no IP address"));
  EXPECT_THAT(message(""), HasSubstr("which is no IP address"));
  EXPECT_THAT(message("127.0.0.2-"), HasSubstr("which is no IP address"));
  EXPECT_THAT(message("127.0.0.9-127.0.0.2"), HasSubstr("swap its ends"));
  EXPECT_THAT(message("::1-::5"), HasSubstr("range of IPv6"));
  EXPECT_THAT(message("10.0.0.0-10.9.0.0"), HasSubstr("more than 65536 addresses"));
}

TEST(LocalAddressTest, OnlyAddressesOfThisMachineWillDo) {
  EXPECT_TRUE(CheckLocalAddresses({"127.0.0.1"}).ok());
  // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
  const absl::Status status = CheckLocalAddresses({"127.0.0.1", "192.0.2.1"});
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("--local-address: cannot connect from 192.0.2.1: "));
}

}  // namespace
}  // namespace phx::loadgen
