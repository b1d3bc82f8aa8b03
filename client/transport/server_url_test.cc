#include "client/transport/server_url.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

ServerUrl Parse(const std::string& url) {
  const auto parsed = ParseServerUrl(url);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : ServerUrl();
}

void ExpectInvalid(const std::string& url, const std::string& why) {
  const auto parsed = ParseServerUrl(url);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << url;
  EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(why)) << url;
}

TEST(ServerUrlTest, TakesAUrlApart) {
  const ServerUrl url = Parse("ws://example.com:4000/socket/websocket?vsn=2.0.0&a=%20");
  EXPECT_FALSE(url.is_secure);
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, 4000);
  EXPECT_EQ(url.host_field, "example.com:4000");
  EXPECT_EQ(url.target, "/socket/websocket?vsn=2.0.0&a=%20");
}

TEST(ServerUrlTest, PortsHaveDefaults) {
  EXPECT_EQ(Parse("ws://h/").port, 80);
  EXPECT_EQ(Parse("wss://h/").port, 443);
  EXPECT_EQ(Parse("ws://h:/").port, 80);
  EXPECT_TRUE(Parse("wss://h/").is_secure);
  EXPECT_TRUE(Parse("WSS://h/").is_secure);
}

TEST(ServerUrlTest, HttpSchemesMeanTheSame) {
  EXPECT_EQ(Parse("http://h/p"), Parse("ws://h/p"));
  EXPECT_EQ(Parse("https://h/p"), Parse("wss://h/p"));
}

TEST(ServerUrlTest, HostFieldNamesOtherPortsOnly) {
  EXPECT_EQ(Parse("ws://h:80/").host_field, "h");
  EXPECT_EQ(Parse("wss://h:443/").host_field, "h");
  EXPECT_EQ(Parse("ws://h:443/").host_field, "h:443");
}

TEST(ServerUrlTest, TargetIsNeverEmpty) {
  EXPECT_EQ(Parse("ws://h").target, "/");
  EXPECT_EQ(Parse("ws://h?a=1").target, "/?a=1");
  EXPECT_EQ(Parse("ws://h/p#fragment").target, "/p");
}

TEST(ServerUrlTest, AddressesAreHosts) {
  EXPECT_EQ(Parse("ws://127.0.0.1:4000/").host, "127.0.0.1");
  EXPECT_EQ(Parse("ws://[::1]:4000/").host, "::1");
  EXPECT_EQ(Parse("ws://[::1]:4000/").host_field, "[::1]:4000");
}

TEST(ServerUrlTest, RejectsWhatCannotBeDialled) {
  ExpectInvalid("", "malformed");
  ExpectInvalid("example.com/socket", "malformed");
  ExpectInvalid("/socket", "malformed");
  ExpectInvalid("ws://exa mple/", "malformed");
  ExpectInvalid("ftp://h/", "scheme");
  ExpectInvalid("ws:socket", "no host");
  ExpectInvalid("ws:///socket", "no host");
  ExpectInvalid("ws://h:99999/", "port");
  ExpectInvalid("ws://h:0/", "port");
  ExpectInvalid("ws://h:65536/", "port");
  ExpectInvalid("ws://h:x/", "port");
  ExpectInvalid("ws://h:4000x/socket", "port");
}

TEST(ServerUrlTest, RejectsCredentialsWithoutShowingThem) {
  const auto parsed = ParseServerUrl("ws://user:secret@h/");
  ExpectInvalid("ws://user:secret@h/", "user name or password");
  EXPECT_THAT(std::string(parsed.status().message()), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx
