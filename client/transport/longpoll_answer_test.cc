#include "client/transport/longpoll_answer.h"

#include <string>

#include "absl/status/status.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using wire::Frame;
using wire::FrameType;

absl::StatusOr<LongPollAnswer> Parse(const std::string& body) {
  return ParseLongPollAnswer({.status = 200, .body = body});
}

TEST(LongPollAnswerTest, HasATokenAndFrames) {
  const auto answer = Parse(R"({"messages":["[1]","{\"a\":1}"],"status":200,"token":"T"})");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->token, "T");
  EXPECT_THAT(answer->frames,
              ElementsAre(Frame{FrameType::kText, "[1]"}, Frame{FrameType::kText, R"({"a":1})"}));
}

TEST(LongPollAnswerTest, AFrameThatBeginsWithAKindIsBinary) {
  const auto answer = Parse(R"({"messages":["\u0000abc","\u0002"],"status":200})");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->frames, ElementsAre(Frame{FrameType::kBinary, std::string("\0abc", 4)},
                                          Frame{FrameType::kBinary, "\x02"}));
}

TEST(LongPollAnswerTest, AMessageThatIsNoTextIsDeliveredAsText) {
  const auto answer = Parse(R"({"messages":[{"topic":"t"}],"status":200})");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(answer->frames, ElementsAre(Frame{FrameType::kText, R"({"topic":"t"})"}));
}

TEST(LongPollAnswerTest, TheAnswerToAPostIsOnlyAStatus) {
  const auto answer = Parse(R"({"status":410})");
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->status, 410);
  EXPECT_THAT(answer->frames, IsEmpty());
}

TEST(LongPollAnswerTest, SomethingElseIsNotAnAnswer) {
  for (const char* body : {"", "<html>Please log in</html>", "[]", "{}", R"({"status":"ok"})",
                           R"({"status":200)", "\xff"}) {
    EXPECT_EQ(Parse(body).status().code(), absl::StatusCode::kUnavailable) << body;
    EXPECT_THAT(std::string(Parse(body).status().message()), HasSubstr("Phoenix")) << body;
  }
}

TEST(LongPollAnswerTest, ATokenCannotSmuggleAHeader) {
  const auto answer = Parse(R"({"status":410,"token":"T\r\nEvil: yes"})");
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(std::string(answer.status().message()), "the server's token has a control character");
}

TEST(LongPollAnswerTest, HttpsOwnStatusCountsFirst) {
  EXPECT_EQ(ParseLongPollAnswer({.status = 403, .reason = "Forbidden"}).status(),
            absl::PermissionDeniedError("HTTP 403 Forbidden"));
  EXPECT_EQ(ParseLongPollAnswer({.status = 500, .body = R"({"status":200})"}).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST(LongPollAnswerTest, StatusesHaveCodes) {
  EXPECT_EQ(LongPollStatusError(401).code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(LongPollStatusError(403).code(), absl::StatusCode::kPermissionDenied);
  for (const int status : {0, 408, 410, 500}) {
    EXPECT_EQ(LongPollStatusError(status).code(), absl::StatusCode::kUnavailable) << status;
  }
}

}  // namespace
}  // namespace phx
