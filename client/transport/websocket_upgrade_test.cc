// The text of the request. What becomes of it: websocket_dial_test.cc.
#include "client/transport/websocket_upgrade.h"

#include <string>

#include "absl/status/status.h"
#include "client/transport/server_url.h"
#include "client/transport/transport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const ServerUrl kUrl = {
    .host = "h", .port = 4000, .host_field = "h:4000", .target = "/socket/websocket?vsn=2.0.0"};

absl::StatusOr<std::string> Request(const TransportRequest& request) {
  return MakeUpgradeRequest(kUrl, request, {.key = "KEY", .subprotocols = request.subprotocols});
}

void ExpectInvalid(const TransportRequest& request, const std::string& why) {
  const auto text = Request(request);
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(text.status().message()), HasSubstr(why));
}

TEST(WebSocketUpgradeTest, AsksForTheUpgrade) {
  EXPECT_EQ(Request({}).value(),
            "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: h:4000\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: KEY\r\nSec-WebSocket-Version: 13\r\n\r\n");
}

TEST(WebSocketUpgradeTest, AddsTheCallersHeaders) {
  EXPECT_THAT(Request({.headers = {{"X-Token", "a b"}, {"Cookie", "c=d"}}}).value(),
              HasSubstr("13\r\nX-Token: a b\r\nCookie: c=d\r\n\r\n"));
}

TEST(WebSocketUpgradeTest, CallersHostReplacesOurs) {
  const std::string text = Request({.headers = {{"host", "virtual"}}}).value();
  EXPECT_THAT(text, HasSubstr("\r\nhost: virtual\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("h:4000")));
}

TEST(WebSocketUpgradeTest, OffersSubprotocolsInTheirOrder) {
  EXPECT_THAT(Request({.subprotocols = {"phoenix", "base64url.bearer.phx.a+b/c="}}).value(),
              HasSubstr("\r\nSec-WebSocket-Protocol: phoenix, base64url.bearer.phx.a+b/c=\r\n"));
}

TEST(WebSocketUpgradeTest, RejectsWhatWouldBeAnotherHeader) {
  ExpectInvalid({.headers = {{"X", "a\r\nEvil: b"}}}, "header \"X\" cannot be sent: its value");
  ExpectInvalid({.headers = {{"X", std::string("a\0b", 3)}}}, "its value");
  ExpectInvalid({.headers = {{"X: y\r\nZ", "a"}}}, "its name");
  ExpectInvalid({.headers = {{"", "a"}}}, "its name");
  ExpectInvalid({.subprotocols = {"a\r\nEvil: b"}}, "a subprotocol");
  ExpectInvalid({.subprotocols = {"a, b"}}, "a subprotocol");
  ExpectInvalid({.subprotocols = {""}}, "a subprotocol");
}

TEST(WebSocketUpgradeTest, RejectsTheHandshakesOwnHeaders) {
  for (const char* name : {"upgrade", "Connection", "SEC-WEBSOCKET-KEY", "Sec-WebSocket-Version",
                           "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Content-Length",
                           "Transfer-Encoding"}) {
    ExpectInvalid({.headers = {{name, "x"}}}, "belongs to the WebSocket handshake");
  }
}

// A token may be in it.
TEST(WebSocketUpgradeTest, ErrorsDoNotShowValues) {
  EXPECT_THAT(std::string(Request({.headers = {{"X", "secret\n"}}}).status().message()),
              Not(HasSubstr("secret")));
  EXPECT_THAT(std::string(Request({.subprotocols = {"secret\n"}}).status().message()),
              Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx
