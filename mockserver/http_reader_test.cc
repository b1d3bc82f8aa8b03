#include "mockserver/http_reader.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/http_message.h"
#include "mockserver/limits.h"

namespace phx::mock {
namespace {

const std::string kRequest =
    "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: a\r\nX-Foo:  bar \r\n\r\n";

TEST(HttpReaderTest, ReadsARequestHoweverItIsCut) {
  for (std::size_t cut = 0; cut != kRequest.size(); ++cut) {
    HttpReader reader;
    const auto first = reader.Next(kRequest.substr(0, cut));
    ASSERT_TRUE(first.ok()) << first.status();
    EXPECT_EQ(first->method, "");
    const auto request = reader.Next(kRequest.substr(cut));
    ASSERT_TRUE(request.ok()) << request.status();
    EXPECT_EQ(request->method, "GET");
    EXPECT_EQ(request->target, "/socket/websocket?vsn=2.0.0");
    EXPECT_EQ(request->headers, (HttpHeaders{{"host", "a"}, {"x-foo", "bar"}}));
  }
}

TEST(HttpReaderTest, ReadsOneRequestAfterTheOther) {
  HttpReader reader;
  const std::string post = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody";
  ASSERT_EQ(reader.Next(post + kRequest)->method, "POST");
  EXPECT_FALSE(reader.wants_close());
  ASSERT_EQ(reader.Next("")->method, "GET");
  EXPECT_EQ(reader.Next("")->method, "");
}

TEST(HttpReaderTest, SeesThatAClientWaitsBeforeItSendsTheBody) {
  HttpReader reader;
  const std::string headers =
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 4\r\n\r\n";
  ASSERT_EQ(reader.Next(headers.substr(0, 40))->method, "");
  EXPECT_FALSE(reader.TakeExpectation());
  ASSERT_EQ(reader.Next(headers.substr(40))->method, "");
  EXPECT_TRUE(reader.TakeExpectation());
  ASSERT_EQ(reader.Next("bo")->method, "");
  EXPECT_FALSE(reader.TakeExpectation());
  ASSERT_EQ(reader.Next("dy" + headers + "body")->body, "body");
  ASSERT_EQ(reader.Next("")->body, "body");
  EXPECT_FALSE(reader.TakeExpectation());  // it did not wait
}

TEST(HttpReaderTest, TakesTheAbsoluteFormOfATarget) {
  for (const auto& [target, path] :
       {std::pair("http://a/b?c", "/b?c"), std::pair("https://a:1", "/"),
        std::pair("http://a?c=/d", "/?c=/d"), std::pair("*", "*"),
        std::pair("/http://", "/http://")}) {
    HttpReader reader;
    EXPECT_EQ(reader.Next(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n")->target,
              path);
  }
}

TEST(HttpReaderTest, SeesThatTheConnectionIsToEnd) {
  HttpReader reader;
  ASSERT_EQ(reader.Next("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")->method, "GET");
  EXPECT_TRUE(reader.wants_close());
  ASSERT_EQ(reader.Next("GET / HTTP/1.0\r\n\r\n")->minor_version, 0);
  EXPECT_TRUE(reader.wants_close());
}

TEST(HttpReaderTest, RefusesWhatIsNotHttp) {
  for (const std::string& bytes :
       {std::string("hello\r\n\r\n"), std::string("\x16\x03\x01\x02", 4)}) {
    HttpReader reader;
    EXPECT_EQ(reader.Next(bytes).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(reader.failed_status(), 400);
  }
}

TEST(HttpReaderTest, RefusesWhatIsTooLarge) {
  Limits limits;
  limits.max_header_size = 100;
  limits.max_body_size = 10;
  HttpReader headers(limits);
  const std::string get = "GET / HTTP/1.1\r\nX: ";
  ASSERT_TRUE(headers.Next(get + std::string(60, 'x') + "\r\n\r\n").ok());
  EXPECT_FALSE(headers.Next(get + std::string(100, 'x') + "\r\n\r\n").ok());
  EXPECT_EQ(headers.failed_status(), 431);
  HttpReader body(limits);
  const std::string post = "POST / HTTP/1.1\r\nContent-Length: ";
  ASSERT_TRUE(body.Next(post + "10\r\n\r\n0123456789").ok());
  EXPECT_FALSE(body.Next(post + "11\r\n\r\n").ok());
  EXPECT_EQ(body.failed_status(), 413);
}

}  // namespace
}  // namespace phx::mock
