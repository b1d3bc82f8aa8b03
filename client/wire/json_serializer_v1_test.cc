#include "client/wire/json_serializer_v1.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/frame_oracle.h"
#include "client/wire/random_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

using ::nlohmann::json;
using ::testing::HasSubstr;

std::string Encode(const Message& message) {
  std::string out;
  const absl::StatusOr<FrameType> type = JsonSerializerV1().Encode(message, out);
  EXPECT_TRUE(type.ok()) << type.status();
  EXPECT_EQ(type.value_or(FrameType::kBinary), FrameType::kText);
  return out;
}

absl::StatusOr<Message> Decode(std::string_view frame) {
  return JsonSerializerV1().Decode({FrameType::kText, frame});
}

std::string ErrorOf(std::string_view frame) {
  const absl::StatusOr<Message> message = Decode(frame);
  EXPECT_EQ(message.status().code(), absl::StatusCode::kDataLoss) << frame;
  return std::string(message.status().message());
}

TEST(JsonSerializerV1Test, NamesItsVersion) { EXPECT_EQ(JsonSerializerV1().version(), "1.0.0"); }

TEST(JsonSerializerV1EncodeTest, WritesTheFourMembersAndNoJoinRef) {
  EXPECT_EQ(Encode({.join_ref = "1",
                    .ref = "2",
                    .topic = "room:1",
                    .event = "new_msg",
                    .payload = Payload::JsonText(R"({"body":"hi"})")}),
            R"({"topic":"room:1","event":"new_msg","payload":{"body":"hi"},"ref":"2"})");
}

// The server requires all four members, ref too.
TEST(JsonSerializerV1EncodeTest, WritesAnAbsentRefAsNull) {
  EXPECT_EQ(Encode({.topic = "t", .event = "e"}),
            R"({"topic":"t","event":"e","payload":{},"ref":null})");
}

TEST(JsonSerializerV1EncodeTest, EscapesEveryString) {
  EXPECT_EQ(Encode({.ref = "\\", .topic = "a\"b", .event = "\n\u00e9"}),
            "{\"topic\":\"a\\\"b\",\"event\":\"\\u000a\u00e9\",\"payload\":{},\"ref\":\"\\\\\"}");
}

TEST(JsonSerializerV1EncodeTest, RefusesWhatItCannotCarryAndLeavesTheOutputAlone) {
  const std::vector<Message> messages = {
      {.topic = "t", .event = "e", .payload = Payload::Binary("x")},
      {.topic = "t", .event = "e", .payload = Payload::Json("\xff")},
      {.topic = "t", .event = "e", .payload = Payload::JsonText("\"\xff\"")},
      {.topic = "\xff", .event = "e"},
      {.ref = "\xff", .topic = "t", .event = "e"},
  };
  for (const Message& message : messages) {
    std::string out = "before";
    EXPECT_EQ(JsonSerializerV1().Encode(message, out).status().code(),
              absl::StatusCode::kInvalidArgument)
        << message;
    EXPECT_EQ(out, "before");
  }
}

TEST(JsonSerializerV1DecodeTest, ReadsWhatPhoenixWrites) {
  const auto reply = Decode(
      R"({"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":"2","topic":"room:1"})");
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(*reply, (Message{.ref = "2",
                             .topic = "room:1",
                             .event = events::kReply,
                             .payload = Payload::JsonText(R"({"response":{},"status":"ok"})")}));
  const auto broadcast = Decode(R"({"event":"shout","payload":{"n":1},"ref":null,"topic":"t"})");
  ASSERT_TRUE(broadcast.ok()) << broadcast.status();
  EXPECT_EQ(broadcast->ref, std::nullopt);
  EXPECT_EQ(broadcast->join_ref, std::nullopt);
}

TEST(JsonSerializerV1DecodeTest, ReadsMembersInAnyOrderAndStepsOverOthers) {
  const auto message = Decode(
      " { \"x\" : [{\"topic\":\"no\"},\"}\"] ,\n\"ref\":7,\"payload\": [1, 2] ,\"join_ref\":\"3\","
      "\"y\":null,\"topic\":\"t\",\"\\u0065vent\":\"e\"} ");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(*message, (Message{.join_ref = "3",
                               .ref = "7",
                               .topic = "t",
                               .event = "e",
                               .payload = Payload::JsonText("[1, 2]")}));
}

TEST(JsonSerializerV1DecodeTest, ARefMayBeMissing) {
  const auto message = Decode(R"({"topic":"t","event":"e","payload":{}})");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->ref, std::nullopt);
}

TEST(JsonSerializerV1DecodeTest, OfAMemberThatComesTwiceTheLastCounts) {
  const auto message = Decode(
      R"({"topic":"a","topic":"t","event":"e","payload":1,"payload":2,"ref":"1","ref":null})");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->topic, "t");
  EXPECT_EQ(message->payload.text(), "2");
  EXPECT_EQ(message->ref, std::nullopt);
}

TEST(JsonSerializerV1DecodeTest, PointsIntoTheFrame) {
  const std::string body(1 << 20, 'x');
  const std::string frame =
      absl::StrCat(R"({"event":"e","payload":{"body":")", body, R"("},"ref":null,"topic":"t"})");
  const auto message = Decode(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->payload.text().data(), frame.data() + frame.find(R"({"body")"));
  EXPECT_EQ(message->topic.view().data(), frame.data() + frame.size() - 3);
}

TEST(JsonSerializerV1DecodeTest, RefusesWhatIsNotAMessage) {
  for (const char* frame : {"",
                            " ",
                            "null",
                            "\"x\"",
                            "1",
                            "[]",
                            "{",
                            "}",
                            "{}",
                            R"({"event":"e","payload":{},"ref":"1"})",               // no topic
                            R"({"topic":"t","payload":{},"ref":"1"})",               // no event
                            R"({"topic":"t","event":"e","ref":"1"})",                // no payload
                            R"({"topic":null,"event":"e","payload":{},"ref":"1"})",  //
                            R"({"topic":"t","event":7,"payload":{},"ref":"1"})",     //
                            R"({"topic":"t","event":"e","payload":{},"ref":true})",  //
                            R"({"topic":"t","event":"e","payload":{},"ref":01})",    //
                            R"({"topic":"t","event":"e","payload":{},"join_ref":[]})",  //
                            R"({"topic":"t","event":"e","payload":{},})",   // a comma too many
                            R"({"topic":"t",,"event":"e","payload":{}})",   //
                            R"({,"topic":"t","event":"e","payload":{}})",   //
                            R"({"topic":"t" "event":"e","payload":{}})",    // a comma too few
                            R"({"topic" "t","event":"e","payload":{}})",    //
                            R"({topic:"t","event":"e","payload":{}})",      //
                            R"({"topic":"t","event":"e","payload":})",      //
                            R"({"topic":"t","event":"e","payload":{})",     // payload open
                            R"({"topic":"t","event":"e","payload":"})",     //
                            R"({"topic":"t","event":"e","payload":{}}x)",   //
                            R"({"topic":"t","event":"e","payload":{}}{})",  //
                            "\xef\xbb\xbf{\"topic\":\"t\",\"event\":\"e\",\"payload\":{}}"}) {
    EXPECT_EQ(Decode(frame).status().code(), absl::StatusCode::kDataLoss) << frame;
  }
}

TEST(JsonSerializerV1DecodeTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(ErrorOf(R"({"topic":7})"), HasSubstr("byte 9: expected a valid value of \"topic\""));
  EXPECT_THAT(ErrorOf(R"({"topic")"), HasSubstr("byte 8: expected ':'"));
  EXPECT_THAT(ErrorOf(R"({"topic":"t"})"), HasSubstr("expected \"event\""));
  EXPECT_THAT(ErrorOf("7"), HasSubstr("byte 0: expected an object"));
}

TEST(JsonSerializerV1DecodeTest, RecognisesAServerThatSpeaksV2) {
  EXPECT_THAT(ErrorOf(R"([null,"1","phoenix","phx_reply",{}])"), HasSubstr("the server speaks V2"));
}

TEST(JsonSerializerV1DecodeTest, RefusesBinaryFrames) {
  const auto message = JsonSerializerV1().Decode({FrameType::kBinary, "\x02\x01\x01te"});
  EXPECT_EQ(message.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(message.status().message()), HasSubstr("binary"));
}

TEST(JsonSerializerV1DecodeTest, NoPrefixOfAFrameIsAMessage) {
  for (const std::string_view frame :
       {R"({"event":"e","payload":{"a":[{}],"s":"}"},"ref":"1","topic":"r\"\\\u00e9"})",
        R"({"topic":"t","event":"e","ref":12,"payload":[[1],{"a":{}}]})",
        R"( { "topic" : "t" , "event" : "e" , "payload" : 12 } )"}) {
    ASSERT_TRUE(Decode(frame).ok());
    const std::size_t last_brace = frame.find_last_of('}');
    for (std::size_t size = 0; size <= last_brace; ++size) {
      const std::string prefix(frame.substr(0, size));  // its own bytes: a read past them is seen
      EXPECT_FALSE(Decode(prefix).ok()) << prefix;
    }
  }
}

TEST(JsonSerializerV1PropertyTest, DecodesWhatItEncodesAndNlohmannAgrees) {
  test::RandomJson random(/*seed=*/5);
  for (int i = 0; i < 2000; ++i) {
    Message message{.topic = random.String(),
                    .event = random.String(),
                    .payload = Payload::JsonText(random.Spell(random.Value(3)))};
    if (random.Below(3) != 0) message.ref = random.String();
    const std::string frame = Encode(message);
    const auto decoded = Decode(frame);
    ASSERT_TRUE(decoded.ok()) << decoded.status() << '\n' << frame;
    EXPECT_EQ(*decoded, message);
    const auto expected = test::ParseV1(frame);
    ASSERT_TRUE(expected.has_value()) << frame;
    EXPECT_EQ(test::Parsed(message, *expected), expected) << frame;
  }
}

TEST(JsonSerializerV1PropertyTest, ReadsAnySpellingAsNlohmannDoes) {
  test::RandomJson random(/*seed=*/6);
  for (int i = 0; i < 2000; ++i) {
    json object = {{"topic", random.String()},
                   {"event", random.String()},
                   {"payload", random.Value(3)},
                   {"ref", random.Below(1000)}};
    object[random.String() + "_"] = random.Value(3);
    if (random.Below(2) == 0) object["join_ref"] = random.String();
    if (random.Below(8) == 0) object.erase("payload");
    if (random.Below(8) == 0) object["event"] = random.Value(1);
    const std::string frame = random.Spell(object);
    const auto expected = test::ParseV1(frame);
    const auto decoded = Decode(frame);
    ASSERT_EQ(decoded.ok(), expected.has_value()) << decoded.status() << '\n' << frame;
    if (!decoded.ok()) continue;
    EXPECT_EQ(test::Parsed(*decoded, *expected), expected) << frame;
  }
}

}  // namespace
}  // namespace phx::wire
