#include "client/wire/websocket_handshake.h"

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

constexpr char kKey[] = "dGhlIHNhbXBsZSBub25jZQ==";  // RFC 6455 1.3
constexpr char kAccept[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

HeaderFields Answer() {
  return {{"upgrade", "websocket"}, {"connection", "Upgrade"}, {"sec-websocket-accept", kAccept}};
}

HeaderFields AnswerWith(std::string name, std::string value) {
  HeaderFields fields = Answer();
  fields.emplace_back(std::move(name), std::move(value));
  return fields;
}

HeaderFields AnswerWithout(std::string_view name) {
  HeaderFields fields = Answer();
  std::erase_if(fields, [name](const auto& field) { return field.first == name; });
  return fields;
}

void ExpectRefused(int status, const HeaderFields& fields, std::string_view why,
                   const WebSocketOffer& offer = {.key = kKey}) {
  const auto chosen = CheckWebSocketAnswer(status, fields, offer);
  EXPECT_EQ(chosen.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_TRUE(
      absl::StrContains(chosen.status().message(), absl::string_view(why.data(), why.size())))
      << chosen.status();
}

TEST(WebSocketHandshakeTest, AnswersTheKeyOfTheRfc) { EXPECT_EQ(WebSocketAccept(kKey), kAccept); }

TEST(WebSocketHandshakeTest, KeysAreSixteenRandomBytes) {
  std::string bytes;
  ASSERT_TRUE(absl::Base64Unescape(NewWebSocketKey(), &bytes));
  EXPECT_EQ(bytes.size(), 16);
  EXPECT_NE(NewWebSocketKey(), NewWebSocketKey());
}

TEST(WebSocketHandshakeTest, FindsTokensInLists) {
  const HeaderFields fields = {{"Connection", "keep-alive , UPGRADE"}, {"connection", "x,,y"}};
  EXPECT_TRUE(HasToken(fields, "connection", "upgrade"));
  EXPECT_TRUE(HasToken(fields, "CONNECTION", "keep-alive"));
  EXPECT_TRUE(HasToken(fields, "connection", "y"));
  EXPECT_FALSE(HasToken(fields, "connection", "up"));
  EXPECT_FALSE(HasToken(fields, "connection", "keep-alive , upgrade"));
  EXPECT_FALSE(HasToken(fields, "upgrade", "upgrade"));
}

TEST(WebSocketHandshakeTest, AcceptsTheRightAnswer) {
  const auto chosen = CheckWebSocketAnswer(101, Answer(), {.key = kKey});
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ(*chosen, "");
}

TEST(WebSocketHandshakeTest, NamesTheChosenSubprotocol) {
  const auto chosen = CheckWebSocketAnswer(101, AnswerWith("sec-websocket-protocol", " phoenix "),
                                           {.key = kKey, .subprotocols = {"other", "phoenix"}});
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ(*chosen, "phoenix");
}

// Phoenix does not echo what it does not know; only browsers mind.
TEST(WebSocketHandshakeTest, ServerNeedNotChooseASubprotocol) {
  EXPECT_TRUE(CheckWebSocketAnswer(101, Answer(), {.key = kKey, .subprotocols = {"a"}}).ok());
}

TEST(WebSocketHandshakeTest, RefusesOtherStatuses) { ExpectRefused(200, Answer(), "200"); }

TEST(WebSocketHandshakeTest, RefusesMissingFields) {
  ExpectRefused(101, AnswerWithout("upgrade"), "Upgrade: websocket");
  ExpectRefused(101, AnswerWithout("connection"), "Connection: Upgrade");
  ExpectRefused(101, AnswerWithout("sec-websocket-accept"), "Sec-WebSocket-Accept");
}

TEST(WebSocketHandshakeTest, RefusesAWrongAccept) {
  ExpectRefused(101, Answer(), "Sec-WebSocket-Accept", {.key = "AAAAAAAAAAAAAAAAAAAAAA=="});
}

TEST(WebSocketHandshakeTest, RefusesTwoAccepts) {
  ExpectRefused(101, AnswerWith("Sec-WebSocket-Accept", kAccept), "Sec-WebSocket-Accept");
}

TEST(WebSocketHandshakeTest, RefusesASubprotocolThatWasNotOffered) {
  ExpectRefused(101, AnswerWith("Sec-WebSocket-Protocol", "chat"), "\"chat\" was not offered");
  ExpectRefused(101, AnswerWith("Sec-WebSocket-Protocol", "a, b"), "not offered",
                {.key = kKey, .subprotocols = {"a", "b"}});
}

TEST(WebSocketHandshakeTest, RefusesTwoSubprotocols) {
  HeaderFields fields = AnswerWith("Sec-WebSocket-Protocol", "a");
  fields.emplace_back("Sec-WebSocket-Protocol", "a");
  ExpectRefused(101, fields, "more than one", {.key = kKey, .subprotocols = {"a"}});
}

TEST(WebSocketHandshakeTest, RefusesExtensions) {
  ExpectRefused(101, AnswerWith("Sec-WebSocket-Extensions", "permessage-deflate"), "extension");
  EXPECT_TRUE(
      CheckWebSocketAnswer(101, AnswerWith("Sec-WebSocket-Extensions", ""), {.key = kKey}).ok());
}

}  // namespace
}  // namespace phx::wire
