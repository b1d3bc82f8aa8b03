#include "client/net/addresses.h"

#include <string>
#include <vector>

#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::net {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Addresses Of(const std::vector<std::string>& texts) {
  Addresses addresses;
  for (const std::string& text : texts) {
    addresses.emplace_back(boost::asio::ip::make_address(text), 4000);
  }
  return addresses;
}

std::vector<std::string> Interleaved(const std::vector<std::string>& texts) {
  std::vector<std::string> ordered;
  for (const auto& address : InterleaveFamilies(Of(texts))) {
    ordered.push_back(address.address().to_string());
  }
  return ordered;
}

TEST(AddressesTest, TextHoldsThePort) {
  EXPECT_EQ(ToText(Of({"127.0.0.1"}).front()), "127.0.0.1:4000");
  EXPECT_EQ(ToText(Of({"::1"}).front()), "[::1]:4000");
}

TEST(AddressesTest, FamiliesTakeTurns) {
  EXPECT_THAT(Interleaved({"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"}),
              ElementsAre("::1", "1.1.1.1", "::2", "2.2.2.2", "::3"));
}

TEST(AddressesTest, FirstStaysFirst) {
  EXPECT_THAT(Interleaved({"1.1.1.1", "2.2.2.2", "::1"}), ElementsAre("1.1.1.1", "::1", "2.2.2.2"));
}

TEST(AddressesTest, OneFamilyKeepsItsOrder) {
  EXPECT_THAT(Interleaved({"3.3.3.3", "1.1.1.1"}), ElementsAre("3.3.3.3", "1.1.1.1"));
  EXPECT_THAT(Interleaved({}), IsEmpty());
}

TEST(AddressesTest, RepeatedOnesAreTriedOnce) {
  EXPECT_THAT(Interleaved({"1.1.1.1", "::1", "1.1.1.1", "::1"}), ElementsAre("1.1.1.1", "::1"));
}

}  // namespace
}  // namespace phx::net
