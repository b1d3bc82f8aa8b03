#include "mockserver/http_reader.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/http_message.h"

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

TEST(HttpReaderTest, SeesThatTheConnectionIsToEnd) {
  HttpReader reader;
  ASSERT_EQ(reader.Next("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")->method, "GET");
  EXPECT_TRUE(reader.wants_close());
  ASSERT_EQ(reader.Next("GET / HTTP/1.0\r\n\r\n")->minor_version, 0);
  EXPECT_TRUE(reader.wants_close());
}

TEST(HttpReaderTest, RefusesWhatIsNotHttp) {
  for (const std::string& bytes : {std::string("hello\r\n\r\n"), std::string("\x16\x03\x01\x02", 4),
                                   "GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x')}) {
    HttpReader reader;
    EXPECT_EQ(reader.Next(bytes).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace phx::mock
