#include "client/net/resolve.h"

#include <exception>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/co_spawn.hpp"
#include "client/net/addresses.h"
#include "client/net/io_runner.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::net {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

absl::StatusOr<Addresses> ResolveNow(const std::string& host) {
  test::IoRunner io;
  std::optional<absl::StatusOr<Addresses>> result;
  boost::asio::co_spawn(io.executor(), Resolve(host, 4000),
                        [&](const std::exception_ptr&, absl::StatusOr<Addresses> addresses) {
                          result = std::move(addresses);
                        });
  io.RunUntil("the addresses", [&] { return result.has_value(); });
  return *result;
}

std::vector<std::string> Texts(const Addresses& addresses) {
  std::vector<std::string> texts;
  for (const auto& address : addresses) texts.push_back(ToText(address));
  return texts;
}

TEST(ResolveTest, AddressIsItsOwnAnswer) {
  EXPECT_THAT(Texts(ResolveNow("192.0.2.7").value()), ElementsAre("192.0.2.7:4000"));
  EXPECT_THAT(Texts(ResolveNow("2001:db8::7").value()), ElementsAre("[2001:db8::7]:4000"));
}

TEST(ResolveTest, NameIsLookedUp) {
  const auto addresses = ResolveNow("localhost");
  ASSERT_TRUE(addresses.ok()) << addresses.status();
  EXPECT_THAT(Texts(*addresses), Not(IsEmpty()));
  EXPECT_THAT(Texts(*addresses), Each(AnyOf("127.0.0.1:4000", "[::1]:4000")));
}

// A label of more than 63 bytes cannot exist: nobody has to be asked.
TEST(ResolveTest, UnknownNameIsNamedInTheError) {
  const std::string name(64, 'x');
  const auto addresses = ResolveNow(name);
  EXPECT_EQ(addresses.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(addresses.status().message()), HasSubstr("resolve " + name + ": "));
}

}  // namespace
}  // namespace phx::net
