#include "client/transport/websocket_url.h"

#include <string>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

WebSocketUrl Parse(const std::string& url) {
  const auto parsed = ParseWebSocketUrl(url);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed.ok() ? *parsed : WebSocketUrl();
}

void ExpectInvalid(const std::string& url, const std::string& why) {
  const auto parsed = ParseWebSocketUrl(url);
  EXPECT_EQ(parsed.status().code(), absl::StatusCode::kInvalidArgument) << url;
  EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(why)) << url;
}

TEST(WebSocketUrlTest, TakesAUrlApart) {
  const WebSocketUrl url = Parse("ws://example.com:4000/socket/websocket?vsn=2.0.0&a=%20");
  EXPECT_FALSE(url.is_secure);
  EXPECT_EQ(url.host, "example.com");
  EXPECT_EQ(url.port, 4000);
  EXPECT_EQ(url.host_field, "example.com:4000");
  EXPECT_EQ(url.target, "/socket/websocket?vsn=2.0.0&a=%20");
}

TEST(WebSocketUrlTest, PortsHaveDefaults) {
  EXPECT_EQ(Parse("ws://h/").port, 80);
  EXPECT_EQ(Parse("wss://h/").port, 443);
  EXPECT_EQ(Parse("ws://h:/").port, 80);
  EXPECT_TRUE(Parse("wss://h/").is_secure);
  EXPECT_TRUE(Parse("WSS://h/").is_secure);
}

TEST(WebSocketUrlTest, HostFieldNamesOtherPortsOnly) {
  EXPECT_EQ(Parse("ws://h:80/").host_field, "h");
  EXPECT_EQ(Parse("wss://h:443/").host_field, "h");
  EXPECT_EQ(Parse("ws://h:443/").host_field, "h:443");
}

TEST(WebSocketUrlTest, TargetIsNeverEmpty) {
  EXPECT_EQ(Parse("ws://h").target, "/");
  EXPECT_EQ(Parse("ws://h?a=1").target, "/?a=1");
  EXPECT_EQ(Parse("ws://h/p#fragment").target, "/p");
}

TEST(WebSocketUrlTest, AddressesAreHosts) {
  EXPECT_EQ(Parse("ws://127.0.0.1:4000/").host, "127.0.0.1");
  EXPECT_EQ(Parse("ws://[::1]:4000/").host, "::1");
  EXPECT_EQ(Parse("ws://[::1]:4000/").host_field, "[::1]:4000");
}

TEST(WebSocketUrlTest, RejectsWhatCannotBeDialled) {
  ExpectInvalid("", "malformed");
  ExpectInvalid("example.com/socket", "malformed");
  ExpectInvalid("/socket", "malformed");
  ExpectInvalid("ws://exa mple/", "malformed");
  ExpectInvalid("http://h/", "scheme");
  ExpectInvalid("ws:socket", "no host");
  ExpectInvalid("ws:///socket", "no host");
  ExpectInvalid("ws://h:99999/", "port");
  ExpectInvalid("ws://h:0/", "port");
  ExpectInvalid("ws://h:65536/", "port");
  ExpectInvalid("ws://h:x/", "port");
  ExpectInvalid("ws://h:4000x/socket", "port");
}

TEST(WebSocketUrlTest, RejectsCredentialsWithoutShowingThem) {
  const auto parsed = ParseWebSocketUrl("ws://user:secret@h/");
  ExpectInvalid("ws://user:secret@h/", "user name or password");
  EXPECT_THAT(std::string(parsed.status().message()), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx
