#include "client/wire/reply.h"

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/frame_oracle.h"
#include "client/wire/random_json.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

using ::nlohmann::json;

Message ReplyMessage(std::string_view payload) {
  return Message{.join_ref = "1",
                 .ref = "2",
                 .topic = "room:1",
                 .event = events::kReply,
                 .payload = Payload::JsonText(Text::Borrow(payload))};
}

absl::StatusOr<Reply> Parse(std::string_view payload) { return ParseReply(ReplyMessage(payload)); }

struct Example {
  std::string_view payload;
  std::string_view status;
  std::string_view response;
};

void ExpectReplies(std::initializer_list<Example> examples) {
  for (const Example& example : examples) {
    const auto reply = Parse(example.payload);
    ASSERT_TRUE(reply.ok()) << reply.status() << ": " << example.payload;
    EXPECT_EQ(reply->status, example.status) << example.payload;
    EXPECT_EQ(reply->response.text(), example.response) << example.payload;
  }
}

TEST(ReplyTest, ReadsWhatPhoenixWrites) {
  ExpectReplies({
      {R"({"response":{},"status":"ok"})", "ok", "{}"},
      {R"({"response":{"reason":"unmatched topic"},"status":"error"})", "error",
       R"({"reason":"unmatched topic"})"},
      {R"({"response":[1,[2]],"status":"custom"})", "custom", "[1,[2]]"},
      {R"({"response":[{"a":1},{"a":2}],"status":"ok"})", "ok", R"([{"a":1},{"a":2}])"},
      {R"({"response":"a","status":"ok"})", "ok", R"("a")"},
      {R"({"response":"","status":"ok"})", "ok", R"("")"},
      {R"({"response":null,"status":"ok"})", "ok", "null"},
      {R"({"response":-1.5,"status":"ok"})", "ok", "-1.5"},
      {R"({"response":{},"status":""})", "", "{}"},
      {"{\"response\":{},\"status\":\"h\u00e9\"}", "h\u00e9", "{}"},
  });
}

TEST(ReplyTest, AResponseMayContainWhatLooksLikeAStatus) {
  ExpectReplies({
      {R"({"response":"x\",\"status\":\"error\"}","status":"ok"})", "ok",
       R"("x\",\"status\":\"error\"}")"},
      {R"({"response":{"response":1,"status":"error"},"status":"ok"})", "ok",
       R"({"response":1,"status":"error"})"},
      {R"({"response":[{"a":1,"status":"error"}],"status":"ok"})", "ok",
       R"([{"a":1,"status":"error"}])"},
      {R"({"response":"\\","status":"ok"})", "ok", R"("\\")"},
      {R"({"response":"}","status":"ok"})", "ok", R"("}")"},
      {R"({"response":{"a":"}"},"status":"ok"})", "ok", R"({"a":"}"})"},
      {R"({"response":["]"],"status":"ok"})", "ok", R"(["]"])"},
      {R"({"status":"ok","response":"x\",\"status\":\"error\"}"})", "ok",
       R"("x\",\"status\":\"error\"}")"},
      {R"({"status":"ok","response":{"a":1,"status":"error"}})", "ok",
       R"({"a":1,"status":"error"})"},
  });
}

TEST(ReplyTest, ReadsMembersInAnyOrderWithAnySpace) {
  ExpectReplies({
      {R"({"status":"ok","response":{"a":1}})", "ok", R"({"a":1})"},
      {" {\n\"status\" : \"ok\" ,\t\"response\" : { } } ", "ok", "{ }"},
      {R"({"response":{},"status":"ok" })", "ok", "{}"},
      {R"({"response": {},"status":"ok"})", "ok", "{}"},
      {R"({"response" :{},"status":"ok"})", "ok", "{}"},
      {R"({"respons\u0065":1,"stat\u0075s":"o\u006b"})", "ok", "1"},
      {R"({"response":1,"status":"a\"b"})", "a\"b", "1"},
      {R"({"response":1,"status":"\\"})", "\\", "1"},
  });
}

TEST(ReplyTest, StepsOverMembersThatItDoesNotKnow) {
  ExpectReplies({
      {R"({"x":[1,"}"],"response":{},"status":"ok"})", "ok", "{}"},
      {R"({"response":{},"status":"ok","x":"y"})", "ok", "{}"},
      {R"({"response":{},"x":{},"status":"ok"})", "ok", "{}"},
      {R"({"response":[],"x":[1],"status":"ok"})", "ok", "[]"},
      {R"({"response":"a","x":"b","status":"ok"})", "ok", R"("a")"},
      {R"({"response":1,"x":2,"status":"ok"})", "ok", "1"},
      {R"({"response":{"a":{}},"x":{"b":{}},"status":"ok"})", "ok", R"({"a":{}})"},
  });
}

TEST(ReplyTest, OfAMemberThatComesTwiceTheLastCounts) {
  ExpectReplies({
      {R"({"response":1,"status":"error","status":"ok"})", "ok", "1"},
      {R"({"response":1,"response":2,"status":"ok"})", "ok", "2"},
      {R"({"response":{},"response":{"a":1},"status":"ok"})", "ok", R"({"a":1})"},
      {R"({"status":7,"status":"ok","response":1})", "ok", "1"},
  });
}

TEST(ReplyTest, AMissingResponseIsTheEmptyObject) {
  ExpectReplies({{R"({"status":"ok"})", "ok", "{}"}, {R"({"status":"ok","x":1})", "ok", "{}"}});
}

TEST(ReplyTest, RefusesWhatIsNotAReply) {
  for (const char* payload : {"",
                              "{}",
                              "[]",
                              "null",
                              "\"ok\"",
                              "7",
                              "{",
                              R"({"response":{}})",
                              R"({"response":{},"status":null})",
                              R"({"response":{},"status":7})",
                              R"({"response":{},"status":["ok"]})",
                              R"({"response":{},"status":{"a":"ok"}})",
                              R"(["response",{},"status","ok"])",
                              R"({"status":"ok","status":7})",
                              R"({"response":,"status":"ok"})",
                              R"({"response":"status":"ok"})",
                              R"({"response":"})",
                              R"({"response":{},"status":"ok")",
                              R"({"status":"ok",})",
                              R"({"status":"ok"}})",
                              R"({"status":"ok"},{})",
                              R"({"status":"ok"} x)",
                              R"({"status":"\x"})",
                              R"({"response":{}"status":"ok"})",
                              R"({,"status":"ok"})",
                              R"({"response",,"status":"ok"})"}) {
    const auto reply = Parse(payload);
    EXPECT_EQ(reply.status().code(), absl::StatusCode::kDataLoss) << payload;
  }
}

TEST(ReplyTest, PointsIntoTheMessage) {
  for (const char* payload :
       {R"({"response":{"a":1},"status":"ok"})", R"({"status":"ok","response":{"a":1}})"}) {
    const std::string_view text = payload;
    const auto reply = Parse(text);
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->response.text().data(), text.data() + text.find(R"({"a")"));
    EXPECT_EQ(reply->status.view().data(), text.data() + text.find("ok"));
  }
}

TEST(ReplyTest, ACopyOutlivesTheMessage) {
  std::string payload = R"({"response":{"a":1},"status":"custom"})";
  Reply kept;
  {
    const auto reply = Parse(payload);
    ASSERT_TRUE(reply.ok()) << reply.status();
    kept = *reply;
  }
  payload.assign(payload.size(), '!');
  EXPECT_EQ(kept.status, "custom");
  EXPECT_EQ(kept.response.json()["a"], 1);
}

TEST(ReplyTest, ABinaryReplyHasItsStatusInTheFrame) {
  const Message message{.ref = "2",
                        .topic = "t",
                        .event = events::kReply,
                        .payload = Payload::Binary("bytes"),
                        .status = "error"};
  const auto reply = ParseReply(message);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->status, "error");
  EXPECT_FALSE(reply->ok());
  EXPECT_EQ(reply->response.bytes(), "bytes");
  EXPECT_EQ(reply->response.bytes().data(), message.payload.bytes().data());
}

TEST(ReplyTest, ABinaryPushIsNoReply) {
  const Message message{.event = events::kReply,
                        .payload = Payload::Binary(R"({"response":{},"status":"ok"})")};
  EXPECT_EQ(ParseReply(message).status().code(), absl::StatusCode::kDataLoss);
}

TEST(ReplyTest, OnlyTheStatusOkIsOk) {
  EXPECT_TRUE((Reply{.status = "ok"}).ok());
  for (const char* status : {"", "error", "OK", "ok "})
    EXPECT_FALSE((Reply{.status = status}).ok());
}

TEST(ReplyTest, PrintsStatusAndResponse) {
  std::ostringstream out;
  out << Reply{.status = "error", .response = Payload::JsonText(R"({"reason":"x"})")};
  EXPECT_EQ(out.str(), R"(error {"reason":"x"})");
}

TEST(ReplyPropertyTest, ReadsPhoenixsFormAsNlohmannDoes) {
  test::RandomJson random(/*seed=*/9);
  for (int i = 0; i < 2000; ++i) {
    const std::string response = random.Value(4).dump();
    const std::string status = json(random.String()).dump();
    const std::string payload =
        absl::StrCat(R"({"response":)", response, R"(,"status":)", status, "}");
    const auto reply = Parse(payload);
    ASSERT_TRUE(reply.ok()) << reply.status() << ": " << payload;
    EXPECT_EQ(reply->response.text(), response) << payload;
    EXPECT_EQ(test::Parsed(*reply), test::ParseReplyPayload(payload)) << payload;
  }
}

// Members in any order, some missing, some unknown, some twice; statuses that are no strings.
TEST(ReplyPropertyTest, ReadsAnyObjectAsNlohmannDoes) {
  test::RandomJson random(/*seed=*/10);
  int accepted = 0;
  for (int i = 0; i < 8000; ++i) {
    std::string payload;
    for (std::size_t left = random.Below(5); left > 0; --left) {
      static constexpr const char* kKeys[] = {"response", "status", "status", "x"};
      const std::string key = kKeys[random.Below(4)];
      const json value =
          key == "status" && random.Below(8) != 0 ? json(random.String()) : random.Value(2);
      const bool plain = random.Below(2) == 0;
      absl::StrAppend(&payload, payload.empty() ? "{" : ",",
                      plain ? json(key).dump() : random.Spell(key), ":",
                      plain ? value.dump() : random.Spell(value));
    }
    payload += payload.empty() ? "{}" : "}";
    const auto expected = test::ParseReplyPayload(payload);
    const auto reply = Parse(payload);
    ASSERT_EQ(reply.ok(), expected.has_value()) << payload;
    if (!reply.ok()) continue;
    EXPECT_EQ(test::Parsed(*reply), expected) << payload;
    ++accepted;
  }
  EXPECT_GT(accepted, 2000);
}

}  // namespace
}  // namespace phx::wire
