#include "client/transport/longpoll_request.h"

#include <string>

#include "absl/status/status.h"
#include "client/transport/longpoll_batch.h"
#include "client/transport/transport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

LongPollRequests Make(const TransportRequest& request) {
  auto requests = LongPollRequests::Make(request);
  EXPECT_TRUE(requests.ok()) << requests.status();
  return *std::move(requests);
}

std::string TargetOf(const std::string& url) { return Make({.url = url}).url().target; }

TEST(LongPollRequestTest, WebSocketPathsBecomeThoseOfLongPolling) {
  EXPECT_EQ(TargetOf("ws://h/socket/websocket?vsn=2.0.0"), "/socket/longpoll?vsn=2.0.0");
  EXPECT_EQ(TargetOf("ws://h/socket/websocket/"), "/socket/longpoll");
  EXPECT_EQ(TargetOf("ws://h/socket"), "/socket/longpoll");
  EXPECT_EQ(TargetOf("ws://h/socket/longpoll?a=/websocket"), "/socket/longpoll?a=/websocket");
  EXPECT_EQ(TargetOf("ws://h?a=b"), "/longpoll?a=b");
}

TEST(LongPollRequestTest, BothKindsOfSchemesAreUnderstood) {
  EXPECT_FALSE(Make({.url = "ws://h/s"}).url().is_secure);
  EXPECT_FALSE(Make({.url = "http://h/s"}).url().is_secure);
  EXPECT_TRUE(Make({.url = "wss://h/s"}).url().is_secure);
  EXPECT_TRUE(Make({.url = "https://h/s"}).url().is_secure);
}

TEST(LongPollRequestTest, TheFirstPollHasNoToken) {
  EXPECT_EQ(Make({.url = "ws://h:4000/socket/websocket?vsn=2.0.0", .headers = {{"X-Mine", "yes"}}})
                .Poll({}),
            "GET /socket/longpoll?vsn=2.0.0 HTTP/1.1\r\nHost: h:4000\r\n"
            "Accept: application/json\r\nX-Mine: yes\r\n\r\n");
}

TEST(LongPollRequestTest, TheTokenStandsWhereItIsWanted) {
  const LongPollRequests requests = Make({.url = "ws://h/socket?vsn=2.0.0"});
  const std::string in_header = requests.Poll({.in_header = "T/+"});
  EXPECT_THAT(in_header, HasSubstr("\r\nX-Phoenix-Longpoll-Token: T/+\r\n"));
  EXPECT_THAT(in_header, Not(HasSubstr("token=")));
  const std::string in_query = requests.Poll({.in_query = "T/+"});
  EXPECT_THAT(in_query, StartsWith("GET /socket/longpoll?vsn=2.0.0&token=T%2F%2B HTTP/1.1\r\n"));
  EXPECT_THAT(in_query, Not(HasSubstr("Longpoll-Token")));
  EXPECT_THAT(Make({.url = "ws://h/socket"}).Poll({.in_query = "T"}),
              StartsWith("GET /socket/longpoll?token=T HTTP/1.1\r\n"));
}

TEST(LongPollRequestTest, APostHasTypeLengthAndBody) {
  EXPECT_EQ(
      Make({.url = "ws://h/socket"}).Post({"application/x-ndjson", "[1]\n[2]"}, {.in_header = "T"}),
      "POST /socket/longpoll HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n"
      "X-Phoenix-Longpoll-Token: T\r\nContent-Type: application/x-ndjson\r\n"
      "Content-Length: 7\r\n\r\n[1]\n[2]");
}

TEST(LongPollRequestTest, TheAuthTokenGoesWithPollsOnly) {
  const LongPollRequests requests = Make({.url = "ws://h/socket", .auth_token = "a b+/="});
  EXPECT_THAT(requests.Poll({}), HasSubstr("\r\nX-Phoenix-AuthToken: a b+/=\r\n"));
  EXPECT_THAT(requests.Post({"application/json", "[1]"}, {}), Not(HasSubstr("AuthToken")));
}

TEST(LongPollRequestTest, RejectsWhatCannotBeSentWithoutShowingIt) {
  const TransportRequest bad[] = {
      {.url = "ftp://h/secret"},
      {.url = "ws://h/socket", .headers = {{"X", "secret\r\nEvil: b"}}},
      {.url = "ws://h/socket", .headers = {{"Content-Type", "secret"}}},
      {.url = "ws://h/socket", .headers = {{"x-phoenix-longpoll-token", "secret"}}},
      {.url = "ws://h/socket", .auth_token = "secret\r\nEvil: b"},
  };
  for (const TransportRequest& request : bad) {
    const auto requests = LongPollRequests::Make(request);
    EXPECT_EQ(requests.status().code(), absl::StatusCode::kInvalidArgument) << request.url;
    EXPECT_THAT(std::string(requests.status().message()), Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace phx
