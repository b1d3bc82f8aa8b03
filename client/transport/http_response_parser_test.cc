#include "client/transport/http_response_parser.h"

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/wire/connection_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

constexpr std::string_view kSwitching =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nx-Odd: a\r\nX-ODD: b\r\n\r\n";

class HttpResponseParserTest : public ::testing::Test {
 protected:
  void FeedOk(std::string_view bytes) {
    const absl::Status status = parser_.Feed(bytes);
    EXPECT_TRUE(status.ok()) << status;
  }

  std::string ErrorOf(std::string_view bytes) {
    const absl::Status status = parser_.Feed(bytes);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    return std::string(status.message());
  }

  HttpResponseParser parser_{{.max_header = 1000, .max_body = 10}};
};

TEST_F(HttpResponseParserTest, ReadsAnAnswerWithoutABody) {
  FeedOk(kSwitching);
  ASSERT_TRUE(parser_.is_done());
  const HttpResponse response = parser_.TakeResponse();
  EXPECT_EQ(response.status, 101);
  EXPECT_EQ(response.reason, "Switching Protocols");
  EXPECT_THAT(response.headers,
              ElementsAre(Pair("Upgrade", "websocket"), Pair("x-Odd", "a"), Pair("X-ODD", "b")));
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(parser_.TakeLeftover(), "");
}

TEST_F(HttpResponseParserTest, KeepsWhatComesBehind) {
  FeedOk(std::string(kSwitching) + "\x81\x05Hello");
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().status, 101);
  EXPECT_EQ(parser_.TakeLeftover(), "\x81\x05Hello");
}

TEST_F(HttpResponseParserTest, ReadsByteByByte) {
  for (std::size_t i = 0; i < kSwitching.size(); ++i) {
    EXPECT_FALSE(parser_.is_done()) << i;
    FeedOk(kSwitching.substr(i, 1));
  }
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().headers.size(), 3);
}

TEST_F(HttpResponseParserTest, ReadsABodyOfKnownLength) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\nno");
  EXPECT_FALSE(parser_.is_done());
  FeedOk("pe!more");
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().body, "nope!");
  EXPECT_EQ(parser_.TakeLeftover(), "more");
}

TEST_F(HttpResponseParserTest, ReadsAChunkedBody) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n3\r\npe!\r\n");
  EXPECT_FALSE(parser_.is_done());
  FeedOk("0\r\n\r\n");
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().body, "nope!");
}

TEST_F(HttpResponseParserTest, ReadsABodyUpToTheEnd) {
  FeedOk("HTTP/1.0 500 Oops\r\n\r\nbroken");
  EXPECT_FALSE(parser_.is_done());
  EXPECT_TRUE(parser_.FeedEof().ok());
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().body, "broken");
}

TEST_F(HttpResponseParserTest, CutsALongBody) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nContent-Length: 1000\r\n\r\n0123456789abcdef");
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().body, "0123456789");
}

TEST_F(HttpResponseParserTest, KeepsABodyOfExactlyTheLimit) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n0123456789");
  ASSERT_TRUE(parser_.is_done());
  EXPECT_EQ(parser_.TakeResponse().body, "0123456789");
}

// The server says it; nobody has to believe it.
TEST_F(HttpResponseParserTest, TakesNoMemoryForAHugeLength) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nContent-Length: 9000000000000000000\r\n\r\nno");
  EXPECT_FALSE(parser_.is_done());
  EXPECT_FALSE(parser_.FeedEof().ok());
}

TEST_F(HttpResponseParserTest, SaysWhetherTheBodyWasCut) {
  FeedOk("HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n0123456789");
  EXPECT_FALSE(parser_.is_cut());
  HttpResponseParser other({.max_header = 1000, .max_body = 10});
  EXPECT_TRUE(other.Feed("HTTP/1.1 403 Forbidden\r\nContent-Length: 11\r\n\r\n0123456789a").ok());
  EXPECT_TRUE(other.is_cut());
}

TEST_F(HttpResponseParserTest, MemoryGrowsWithTheBody) {
  HttpResponseParser parser({.max_body = std::size_t{64} << 20});
  const std::string body(100'000, 'b');
  EXPECT_TRUE(parser.Feed("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n").ok());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(parser.Feed(body).ok());
  ASSERT_TRUE(parser.is_done());
  EXPECT_FALSE(parser.is_cut());
  EXPECT_EQ(parser.TakeResponse().body, body + body + body);
}

TEST_F(HttpResponseParserTest, SaysWhetherTheConnectionIsKept) {
  const auto keeps = [](std::string_view response) {
    HttpResponseParser parser({});
    EXPECT_FALSE(parser.has_begun());
    EXPECT_TRUE(parser.Feed(response).ok());
    EXPECT_TRUE(parser.has_begun());
    return parser.keeps_alive();
  };
  EXPECT_TRUE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\n\r\nup to the end"));
  EXPECT_FALSE(keeps("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  EXPECT_FALSE(keeps("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"));
}

TEST_F(HttpResponseParserTest, RejectsALongHeader) {
  EXPECT_EQ(ErrorOf("HTTP/1.1 200 OK\r\nX: " + std::string(2000, 'x')),
            "HTTP answer with a header of more than 1000 bytes");
}

TEST_F(HttpResponseParserTest, RejectsALongHeaderThatComesSlowly) {
  FeedOk("HTTP/1.1 200 OK\r\n");
  absl::Status status;
  for (int i = 0; i < 2000 && status.ok(); ++i) status = parser_.Feed("x");
  EXPECT_THAT(std::string(status.message()), HasSubstr("more than 1000 bytes"));
}

TEST_F(HttpResponseParserTest, RejectsWhatIsNotHttp) {
  EXPECT_THAT(ErrorOf("220 mail.example.com ESMTP\r\n"), HasSubstr("malformed HTTP answer"));
}

TEST_F(HttpResponseParserTest, RecognisesTls) {
  EXPECT_EQ(ErrorOf({"\x15\x03\x01\x00\x02\x02\x46", 7}),
            "the server speaks TLS on this port: connect by wss:// or https://");
}

TEST_F(HttpResponseParserTest, EndBeforeTheAnswerIsAnError) {
  EXPECT_EQ(parser_.FeedEof().message(), "the server closed the connection before it answered");
}

TEST_F(HttpResponseParserTest, EndInsideTheAnswerIsAnError) {
  FeedOk("HTTP/1.1 101 Switching");
  EXPECT_EQ(parser_.FeedEof().message(), "the server closed the connection before it answered");
}

}  // namespace
}  // namespace phx
