#include "client/wire/endpoint_url.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

using ::nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

std::string WebSocketUrl(std::string_view endpoint, const json& params = json::object()) {
  const absl::StatusOr<EndpointUrl> parsed = EndpointUrl::Parse(endpoint);
  if (!parsed.ok()) return parsed.status().ToString();
  const absl::StatusOr<std::string> url = parsed->WebSocketUrl(params, "2.0.0");
  return url.ok() ? *url : url.status().ToString();
}

std::string QueryOf(const json& params) {
  const std::string url = WebSocketUrl("ws://h/s", params);
  constexpr std::string_view kBefore = "ws://h/s/websocket?";
  EXPECT_TRUE(url.starts_with(kBefore)) << url;
  return url.substr(kBefore.size());
}

std::string ErrorOf(std::string_view endpoint) {
  const absl::Status status = EndpointUrl::Parse(endpoint).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << endpoint;
  return std::string(status.message());
}

TEST(EndpointUrlTest, AppendsWebsocketToThePathAndTheVersionToTheQuery) {
  EXPECT_EQ(WebSocketUrl("ws://example.com/socket"), "ws://example.com/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://example.com:4000/a/b"),
            "ws://example.com:4000/a/b/websocket?vsn=2.0.0");
}

TEST(EndpointUrlTest, CollapsesATrailingSlash) {
  EXPECT_EQ(WebSocketUrl("ws://h/socket/"), "ws://h/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/socket//"), "ws://h/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/"), "ws://h/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h"), "ws://h/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/socket/?a=1"), "ws://h/socket/websocket?a=1&vsn=2.0.0");
}

TEST(EndpointUrlTest, DoesNotAppendWebsocketTwice) {
  EXPECT_EQ(WebSocketUrl("ws://h/socket/websocket"), "ws://h/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/socket/websocket/"), "ws://h/socket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://websocket"), "ws://websocket/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/mywebsocket"), "ws://h/mywebsocket/websocket?vsn=2.0.0");
}

TEST(EndpointUrlTest, KeepsTheQueryOfTheEndpointBeforeTheParams) {
  EXPECT_EQ(WebSocketUrl("ws://h/s?x=1", {{"t", "a"}}), "ws://h/s/websocket?x=1&t=a&vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/s?x=%20a+b&y"), "ws://h/s/websocket?x=%20a+b&y&vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h?x=1"), "ws://h/websocket?x=1&vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/s?"), "ws://h/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/s?x=1&"), "ws://h/s/websocket?x=1&vsn=2.0.0");
}

// Plug takes the last of two parameters of the same name.
TEST(EndpointUrlTest, TheVersionComesLastAndSoWins) {
  EXPECT_EQ(WebSocketUrl("ws://h/s?vsn=1.0.0", {{"vsn", "9"}}),
            "ws://h/s/websocket?vsn=1.0.0&vsn=9&vsn=2.0.0");
}

TEST(EndpointUrlTest, TreatsHttpAsWs) {
  EXPECT_EQ(WebSocketUrl("http://h:80/s"), "ws://h:80/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("https://h/s"), "wss://h/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("HTTPS://h/s"), "wss://h/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("WS://h/s"), "ws://h/s/websocket?vsn=2.0.0");
}

TEST(EndpointUrlTest, KnowsWhetherItIsSecure) {
  for (const char* url : {"wss://h", "https://h"}) {
    EXPECT_TRUE(EndpointUrl::Parse(url)->is_secure()) << url;
  }
  for (const char* url : {"ws://h", "http://h"}) {
    EXPECT_FALSE(EndpointUrl::Parse(url)->is_secure()) << url;
  }
}

TEST(EndpointUrlTest, TakesAddressesOfAllKinds) {
  EXPECT_EQ(WebSocketUrl("ws://127.0.0.1:4000/s"), "ws://127.0.0.1:4000/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://[::1]:4000/s"), "ws://[::1]:4000/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("wss://[2001:db8::1]/s"), "wss://[2001:db8::1]/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h:1/s"), "ws://h:1/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h:65535/s"), "ws://h:65535/s/websocket?vsn=2.0.0");
}

TEST(EndpointUrlTest, DropsTheFragment) {
  EXPECT_EQ(WebSocketUrl("ws://h/s#top"), "ws://h/s/websocket?vsn=2.0.0");
  EXPECT_EQ(WebSocketUrl("ws://h/s?x=1#top"), "ws://h/s/websocket?x=1&vsn=2.0.0");
}

TEST(EndpointUrlTest, EncodesNestedParamsAsPhoenixJsDoes) {
  EXPECT_EQ(QueryOf({{"a", {1, 2}}, {"o", {{"k", "v w&x=\u00e9"}}}}),
            "a%5B0%5D=1&a%5B1%5D=2&o%5Bk%5D=v%20w%26x%3D%C3%A9&vsn=2.0.0");
  EXPECT_EQ(QueryOf({{"a", {{"b", {{"c", {true, {{"d", 1.5}}}}}}}}}),
            "a%5Bb%5D%5Bc%5D%5B0%5D=true&a%5Bb%5D%5Bc%5D%5B1%5D%5Bd%5D=1.5&vsn=2.0.0");
  EXPECT_EQ(QueryOf({{"a", json::array()}, {"o", json::object()}}), "vsn=2.0.0");
}

TEST(EndpointUrlTest, EncodesEveryCharacterAsEncodeUriComponentDoes) {
  EXPECT_EQ(QueryOf({{"k", "+/= ?#&%\"<>"}}), "k=%2B%2F%3D%20%3F%23%26%25%22%3C%3E&vsn=2.0.0");
  EXPECT_EQ(QueryOf({{"k", "AZaz09-_.!~*'()"}}), "k=AZaz09-_.!~*'()&vsn=2.0.0");
  EXPECT_EQ(QueryOf({{"a&b=c", ""}}), "a%26b%3Dc=&vsn=2.0.0");
  EXPECT_EQ(QueryOf({{"k", std::string("\0\n\x7f", 3)}}), "k=%00%0A%7F&vsn=2.0.0");
}

TEST(EndpointUrlTest, LeavesNullsOut) {
  EXPECT_EQ(QueryOf({{"a", nullptr}, {"b", 1}, {"c", {nullptr, 2}}}), "b=1&c%5B1%5D=2&vsn=2.0.0");
  EXPECT_EQ(QueryOf(nullptr), "vsn=2.0.0");
}

TEST(EndpointUrlTest, RefusesParamsThatAreNotAnObject) {
  const auto endpoint = EndpointUrl::Parse("ws://h/s");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  for (const json& params :
       {json("a"), json(1), json({1, 2}), json(true), json(json::value_t::discarded)}) {
    EXPECT_EQ(endpoint->WebSocketUrl(params, "2.0.0").status().code(),
              absl::StatusCode::kInvalidArgument)
        << params.type_name();
  }
}

// The server answers such a query with HTTP 400, at every attempt.
TEST(EndpointUrlTest, RefusesParamsThatAreNotUtf8AndDoesNotRepeatThem) {
  const auto endpoint = EndpointUrl::Parse("ws://h/s");
  ASSERT_TRUE(endpoint.ok()) << endpoint.status();
  for (const json& params : {json({{"token", "SECRET\xff"}}), json({{"SECRET\xff", 1}}),
                             json({{"a", {{"b", {"SECRET\xc3"}}}}})}) {
    const absl::Status status = endpoint->WebSocketUrl(params, "2.0.0").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("SECRET")));
  }
}

TEST(EndpointUrlTest, SaysThatTheSchemeIsMissing) {
  for (const char* url : {"", "/socket", "socket", "//h/socket", "h:4000/socket", "localhost:4000",
                          "example.com/socket", "127.0.0.1:4000/socket", "ws:h/socket"}) {
    EXPECT_THAT(ErrorOf(url), HasSubstr("write it as ws://host:port/socket")) << url;
  }
}

TEST(EndpointUrlTest, RefusesOtherSchemes) {
  for (const char* url : {"ftp://h/s", "file:///s", "wsx://h", "tcp://h:1"}) {
    EXPECT_THAT(ErrorOf(url), HasSubstr("scheme other than ws, wss, http and https")) << url;
  }
}

TEST(EndpointUrlTest, RefusesAUrlWithoutHost) {
  for (const char* url : {"ws://", "ws:///socket", "ws://:4000/socket", "ws://?x=1"}) {
    EXPECT_THAT(ErrorOf(url), HasSubstr("has no host")) << url;
  }
}

TEST(EndpointUrlTest, RefusesBadPorts) {
  for (const char* url : {"ws://h:0/s", "ws://h:65536/s", "ws://h:99999/s", "ws://h:99999999999/s",
                          "ws://h:/s", "ws://h:abc/s", "ws://h:-1/s", "ws://h:80a", "ws://h:80a/b",
                          "ws://[::1]80/s", "ws://h:80:90/s", "ws://[::1]:0/s"}) {
    EXPECT_THAT(ErrorOf(url), HasSubstr(url)) << url;
  }
}

TEST(EndpointUrlTest, RefusesWhatIsNoUrl) {
  for (const char* url : {"ws://h/a b", "ws://h\n/s", "ws://[::1/s", "ws://::1/s", "ws://h/%zz",
                          "ws://h/s\xc3\xa9", "://h", "ws://h/<>"}) {
    ErrorOf(url);
  }
}

TEST(EndpointUrlTest, RefusesCredentialsAndDoesNotRepeatThem) {
  for (const char* url : {"ws://user:SECRET@h/s", "ws://SECRET@h/s", "wss://user:SECRET@h:443",
                          "ws://:SECRET@h/s", "ws://@SECRET@h/s"}) {
    EXPECT_THAT(ErrorOf(url), Not(HasSubstr("SECRET"))) << url;
    EXPECT_THAT(ErrorOf(url), HasSubstr("//h")) << url;
  }
  EXPECT_THAT(ErrorOf("ws://user:SECRET@h/s"), HasSubstr("auth_token"));
}

// Not URLs, but what somebody writes who does not know that these characters must be encoded.
TEST(EndpointUrlTest, NoErrorRepeatsAPasswordWithUnencodedCharacters) {
  for (const char* url : {"ws://user:SEC/RET@h/s", "ws://user:SEC?RET@h/s", "ws://user:SEC#RET@h/s",
                          "ws://user:SEC@RET@h/s", "ws://user:SEC RET@h/s", "user:SEC/RET@h/s"}) {
    EXPECT_THAT(ErrorOf(url), Not(HasSubstr("SEC"))) << url;
    EXPECT_THAT(ErrorOf(url), Not(HasSubstr("RET"))) << url;
  }
}

TEST(EndpointUrlTest, NoErrorRepeatsTheQuery) {
  for (const char* url : {"h/s?token=SECRET", "ftp://h?token=SECRET", "ws://h:0/s?token=SECRET",
                          "ws://h/a b?token=SECRET#SECRET", "?token=SECRET", "ws://?SECRET"}) {
    EXPECT_THAT(ErrorOf(url), Not(HasSubstr("SECRET"))) << url;
  }
}

TEST(EndpointUrlTest, RedactedIsTheEndpointWithoutItsQuery) {
  EXPECT_EQ(EndpointUrl::Parse("https://h:1/s/?token=SECRET#x")->Redacted(), "wss://h:1/s");
  EXPECT_EQ(EndpointUrl::Parse("ws://[::1]")->Redacted(), "ws://[::1]");
}

TEST(RedactUrlTest, LeavesOutQueryFragmentAndCredentials) {
  const std::vector<std::pair<std::string, std::string>> examples = {
      {"ws://h/s/websocket?token=SECRET&vsn=2.0.0", "ws://h/s/websocket"},
      {"ws://h/s#SECRET", "ws://h/s"},
      {"ws://h?SECRET", "ws://h"},
      {"ws://user:SECRET@h:4000/s?x", "ws://h:4000/s"},
      {"user:SECRET@h/s", "h/s"},
      {"ws://h/s?to=a@b", "ws://h/s"},
      {"ws://h:4000/s?to=a@b", "ws://h:4000/s"},
      {"ws://[::1]:4000/s?to=a@b", "ws://[::1]:4000/s"},
      {"ws://[::1]/s?to=a@b", "ws://[::1]/s"},
      {"ws://h/@me", "ws://h/@me"},
      {"ws://h:4000/@me", "ws://h:4000/@me"},
      {"ws://h/redirect/http://x", "ws://h/redirect/http://x"},
      {"h/s?to=http://SECRET", "h/s"},
      {"h#http://SECRET", "h"},
      {"ws://h:abc/s?SECRET", "ws://h:abc/s"},
      {"", ""},
      {"h", "h"},
  };
  for (const auto& [url, redacted] : examples) EXPECT_EQ(RedactUrl(url), redacted);
}

}  // namespace
}  // namespace phx::wire
