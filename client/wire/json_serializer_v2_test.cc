#include "client/wire/json_serializer_v2.h"

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
  const absl::StatusOr<FrameType> type = JsonSerializerV2().Encode(message, out);
  EXPECT_TRUE(type.ok()) << type.status();
  return out;
}

absl::StatusOr<Message> Decode(std::string_view frame) {
  return JsonSerializerV2().Decode({FrameType::kText, frame});
}

std::string ErrorOf(std::string_view frame) {
  const absl::StatusOr<Message> message = Decode(frame);
  EXPECT_EQ(message.status().code(), absl::StatusCode::kDataLoss) << frame;
  return std::string(message.status().message());
}

bool PointsInto(std::string_view part, std::string_view whole) {
  return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}

TEST(JsonSerializerV2Test, NamesItsVersion) { EXPECT_EQ(JsonSerializerV2().version(), "2.0.0"); }

TEST(JsonSerializerV2EncodeTest, WritesTheFiveFieldsWithoutSpace) {
  EXPECT_EQ(Encode({.join_ref = "1",
                    .ref = "2",
                    .topic = "room:1",
                    .event = "new_msg",
                    .payload = Payload::JsonText(R"({"body":"hi"})")}),
            R"(["1","2","room:1","new_msg",{"body":"hi"}])");
}

TEST(JsonSerializerV2EncodeTest, WritesAbsentRefsAsNullAndNoPayloadAsAnObject) {
  EXPECT_EQ(Encode({.ref = "7", .topic = events::kPhoenixTopic, .event = events::kHeartbeat}),
            R"([null,"7","phoenix","heartbeat",{}])");
  EXPECT_EQ(Encode({}), R"([null,null,"","",{}])");
}

TEST(JsonSerializerV2EncodeTest, EscapesEveryString) {
  EXPECT_EQ(Encode({.join_ref = "\"", .ref = "\\", .topic = "a\nb", .event = "\x1f\x01\x7f/"}),
            "[\"\\\"\",\"\\\\\",\"a\\u000ab\",\"\\u001f\\u0001\x7f/\",{}]");
  EXPECT_EQ(Encode({.topic = Text(std::string_view("\0", 1)), .event = "]"}),
            R"([null,null,"\u0000","]",{}])");
}

TEST(JsonSerializerV2EncodeTest, WritesFieldsOfAnyLengthWithAndWithoutEscapes) {
  for (std::size_t size = 0; size<300; size += size> 90 && size < 110 ? 1 : 7) {
    const std::string plain(size, 'x');
    const std::string escaped = plain + "\"";
    for (const std::string& text : {plain, escaped}) {
      for (std::size_t field = 0; field < 4; ++field) {
        std::vector<std::string> fields = {"1", "2", "t", "e"};
        fields[field] = text;
        const std::string frame = Encode(
            {.join_ref = fields[0], .ref = fields[1], .topic = fields[2], .event = fields[3]});
        EXPECT_EQ(frame, json({fields[0], fields[1], fields[2], fields[3], json::object()}).dump());
      }
    }
  }
}

TEST(JsonSerializerV2EncodeTest, AnEmptyRefIsNoAbsentRef) {
  EXPECT_EQ(Encode({.join_ref = "", .ref = Text(), .topic = "t", .event = "e"}),
            R"(["","","t","e",{}])");
}

TEST(JsonSerializerV2EncodeTest, LeavesUnicodeAsItIs) {
  EXPECT_EQ(Encode({.topic = "room:\u00e9\u6f22\U0001f642", .event = "\u2028"}),
            "[null,null,\"room:\u00e9\u6f22\U0001f642\",\"\u2028\",{}]");
}

TEST(JsonSerializerV2EncodeTest, SplicesAJsonTextAsItStands) {
  EXPECT_EQ(Encode({.topic = "t", .event = "e", .payload = Payload::JsonText(" { \"a\" : 1.0 }")}),
            R"([null,null,"t","e", { "a" : 1.0 }])");
}

TEST(JsonSerializerV2EncodeTest, AppendsToWhatIsThere) {
  std::string out = "before";
  ASSERT_TRUE(JsonSerializerV2().Encode({.topic = "t", .event = "e"}, out).ok());
  EXPECT_EQ(out, R"(before[null,null,"t","e",{}])");
}

TEST(JsonSerializerV2EncodeTest, TextGivesATextFrameAndBytesABinaryOne) {
  std::string out;
  const Message text{.topic = "t", .event = "e"};
  EXPECT_EQ(JsonSerializerV2().Encode(text, out).value(), FrameType::kText);
  out.clear();
  const Message binary{.topic = "t", .event = "e", .payload = Payload::Binary("x")};
  EXPECT_EQ(JsonSerializerV2().Encode(binary, out).value(), FrameType::kBinary);
  EXPECT_EQ(out, std::string_view("\x00\x00\x00\x01\x01tex", 8));
}

TEST(JsonSerializerV2EncodeTest, RefusesWhatItCannotCarryAndLeavesTheOutputAlone) {
  const std::vector<Message> messages = {
      {.topic = "\xff", .event = "e"},
      {.topic = "t", .event = "caf\xe9"},
      {.join_ref = "\xc3", .topic = "t", .event = "e"},
      {.topic = "t", .event = "e", .payload = Payload::JsonText("\"\xed\xa0\x80\"")},
      {.topic = "t", .event = "e", .payload = Payload::Json("\xff")},
      {.topic = "t", .event = "e", .payload = Payload::JsonText("")},
      {.topic = std::string(256, 't'), .event = "e", .payload = Payload::Binary("x")},
  };
  for (const Message& message : messages) {
    std::string out = "before\xff";
    EXPECT_EQ(JsonSerializerV2().Encode(message, out).status().code(),
              absl::StatusCode::kInvalidArgument)
        << message;
    EXPECT_EQ(out, "before\xff");
  }
}

TEST(JsonSerializerV2DecodeTest, ReadsTheFiveFields) {
  const auto message = Decode(R"(["1","2","room:1","phx_reply",{"response":{},"status":"ok"}])");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(*message, (Message{.join_ref = "1",
                               .ref = "2",
                               .topic = "room:1",
                               .event = events::kReply,
                               .payload = Payload::JsonText(R"({"response":{},"status":"ok"})")}));
}

TEST(JsonSerializerV2DecodeTest, NullRefsAreAbsentAndEmptyOnesAreNot) {
  const auto broadcast = Decode(R"([null,null,"room:1","shout",{}])");
  ASSERT_TRUE(broadcast.ok()) << broadcast.status();
  EXPECT_EQ(broadcast->join_ref, std::nullopt);
  EXPECT_EQ(broadcast->ref, std::nullopt);
  const auto empty = Decode(R"(["","","room:1","shout",{}])");
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->join_ref, "");
  EXPECT_EQ(empty->ref, "");
}

TEST(JsonSerializerV2DecodeTest, UnderstandsNumericRefs) {
  const auto message = Decode(R"([1, 18446744073709551616 ,"t","e",{}])");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->join_ref, "1");
  EXPECT_EQ(message->ref, "18446744073709551616");
}

TEST(JsonSerializerV2DecodeTest, TakesAnyJsonAsPayload) {
  for (const char* payload : {"null", "true", "1", "-1.5e3", "\"\"", "\"a]\"", "[]", "[[],[]]",
                              R"({"a":"]}"})", R"("\"")", "{\"a\":\"\u00e9\"}"}) {
    const std::string frame = absl::StrCat(R"(["1","2","t","e",)", payload, "]");
    const auto message = Decode(frame);
    ASSERT_TRUE(message.ok()) << message.status();
    EXPECT_EQ(message->payload.text(), payload);
    EXPECT_EQ(message->payload.json(), json::parse(payload));
  }
}

TEST(JsonSerializerV2DecodeTest, LeavesNothingOfTheMessageBefore) {
  const FrameView as_phoenix_writes{FrameType::kText, R"([null,null,"t","e",{"a":1}])"};
  const FrameView with_space{FrameType::kText, R"([null, null, "t", "e", {"a":1}])"};
  const FrameView binary{FrameType::kBinary, std::string_view("\2\1\1te{}", 7)};
  for (const FrameView& frame : {as_phoenix_writes, with_space, binary}) {
    Message message{.join_ref = "1",
                    .ref = "2",
                    .topic = "room:1",
                    .event = "phx_reply",
                    .payload = Payload::JsonText(R"({"a":2})"),
                    .status = "ok"};
    EXPECT_EQ(message.payload.json()["a"], 2);
    const absl::Status status = JsonSerializerV2().DecodeTo(frame, message);
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(message, *JsonSerializerV2().Decode(frame));
    EXPECT_EQ(message.payload.is_binary() ? 1 : message.payload.json()["a"].get<int>(), 1);
  }
}

TEST(JsonSerializerV2DecodeTest, UnescapesEveryString) {
  const auto message =
      Decode(R"(["\u0031","\"\\\/","a\u0000\n","\ud83d\ude42\u00e9\t",{"\u0061":"\u0062"}])");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->join_ref, "1");
  EXPECT_EQ(message->ref, "\"\\/");
  EXPECT_EQ(message->topic, std::string_view("a\0\n", 3));
  EXPECT_EQ(message->event, "\U0001f642\u00e9\t");
  EXPECT_EQ(message->payload.text(), R"({"\u0061":"\u0062"})");
}

TEST(JsonSerializerV2DecodeTest, StepsOverWhiteSpace) {
  const auto message = Decode(" [ \t\"1\" ,\r\n null , \"t t\" , \"e\" ,\n { \"a\" : [ ] }\t] \n");
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->join_ref, "1");
  EXPECT_EQ(message->topic, "t t");
  EXPECT_EQ(message->payload.text(), "{ \"a\" : [ ] }");
}

TEST(JsonSerializerV2DecodeTest, PointsIntoTheFrame) {
  const std::string body(1 << 20, 'x');
  const std::string frame = absl::StrCat(R"(["1","2","room:1","new_msg",{"body":")", body, "\"}]");
  const auto message = Decode(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_TRUE(PointsInto(*message->join_ref, frame));
  EXPECT_TRUE(PointsInto(*message->ref, frame));
  EXPECT_TRUE(PointsInto(message->topic, frame));
  EXPECT_TRUE(PointsInto(message->event, frame));
  EXPECT_TRUE(PointsInto(message->payload.text(), frame));
  EXPECT_EQ(message->payload.text().size(),
            body.size() + std::string_view(R"({"body":""})").size());
}

TEST(JsonSerializerV2DecodeTest, RefusesWhatIsNotAMessage) {
  for (const char* frame : {"",
                            " ",
                            "null",
                            "\"x\"",
                            "1",
                            "[]",
                            "[1,2]",
                            "[null]",
                            "{}",
                            "[",
                            "]",
                            "[,,,,]",
                            R"(["1","2","t","e"])",             // four elements
                            R"(["1","2","t","e",])",            // no payload
                            R"(["1","2","t","e" {}])",          // no comma
                            R"(["1","2",null,"e",{}])",         // null topic
                            R"(["1","2",7,"e",{}])",            // numeric topic
                            R"(["1","2",["t"],"e",{}])",        // array for topic
                            R"(["1","2","t",null,{}])",         // null event
                            R"(["1","2","t",{},{}])",           // object for event
                            R"([true,"2","t","e",{}])",         // boolean join_ref
                            R"(["1",{},"t","e",{}])",           // object for ref
                            R"([nul,"2","t","e",{}])",          // no literal
                            R"([nullx,"2","t","e",{}])",        //
                            R"([01,"2","t","e",{}])",           // no number
                            R"([-,"2","t","e",{}])",            //
                            R"([1x,"2","t","e",{}])",           //
                            R"([1e400,"2","t","e",{}])",        // no number that a double holds
                            R"(['1',"2","t","e",{}])",          // no string
                            R"(["1","2","\x","e",{}])",         // no escape
                            R"(["1","2","\ud800","e",{}])",     // lone surrogate
                            R"(["1","2","\u12","e",{}])",       // half an escape
                            "[\"1\",\"2\",\"a\nb\",\"e\",{}]",  // raw control character
                            "\xef\xbb\xbf[\"1\",\"2\",\"t\",\"e\",{}]",  // byte order mark
                            R"(["1","2","t","e",{}]])",
                            R"(["1","2","t","e",{}]x)",
                            R"(x["1","2","t","e",{}])",
                            R"(["1","2","t","e",{]])",
                            R"(["1","2","t","e","]])",
                            R"(["1","2","t","e","])"}) {
    EXPECT_EQ(Decode(frame).status().code(), absl::StatusCode::kDataLoss) << frame;
  }
}

TEST(JsonSerializerV2DecodeTest, SaysWhatIsWrongAndWhere) {
  EXPECT_THAT(ErrorOf(R"(["1","2",null,"e",{}])"), HasSubstr("byte 9: expected topic, a string"));
  EXPECT_THAT(ErrorOf(R"(["1","2")"), HasSubstr("byte 8: expected ',' after ref"));
  EXPECT_THAT(ErrorOf(R"([true,)"), HasSubstr("byte 1: expected join_ref, a string or null"));
  EXPECT_THAT(ErrorOf(R"(["1","2","t","e")"), HasSubstr("expected ',' after event"));
  EXPECT_THAT(ErrorOf(R"(["1","2","t","e",{})"),
              HasSubstr("expected a payload and the closing ']'"));
}

TEST(JsonSerializerV2DecodeTest, RecognisesAServerThatSpeaksV1) {
  EXPECT_THAT(ErrorOf(R"({"event":"phx_reply","payload":{},"ref":"1","topic":"t"})"),
              HasSubstr("the server speaks V1"));
}

// An extra element is malformed: noticed at once, or when the payload is parsed.
TEST(JsonSerializerV2DecodeTest, DoesNotHideExtraElements) {
  EXPECT_EQ(Decode(R"(["1","2","t","e",{},1])").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Decode(R"(["1","2","t","e",{},[]])").status().code(), absl::StatusCode::kDataLoss);
  for (const char* frame : {R"(["1","2","t","e",{},{}])", R"(["1","2","t","e",1,2])"}) {
    const auto message = Decode(frame);
    ASSERT_TRUE(message.ok()) << message.status();
    EXPECT_TRUE(message->payload.json().is_discarded()) << frame;
  }
}

TEST(JsonSerializerV2DecodeTest, NoPrefixOfAFramePassesForAMessage) {
  for (const std::string_view frame :
       {R"(["1","2","room:1","phx_reply",{"response":{"a":[1,[2]],"s":"]"},"status":"ok"}])",
        R"([null,null,"r\"\\\u00e9","e",[[1,2],[3,[4]]]])", R"([1,2,"t","e","a\"]b\\"])",
        R"([ "1" , "2" , "t" , "e" , 12345 ] )"}) {
    ASSERT_TRUE(Decode(frame).ok());
    const std::size_t last_bracket = frame.find_last_of(']');
    for (std::size_t size = 0; size <= last_bracket; ++size) {
      const std::string prefix(frame.substr(0, size));  // its own bytes: a read past them is seen
      const auto message = Decode(prefix);
      EXPECT_TRUE(!message.ok() || message->payload.json().is_discarded()) << prefix;
    }
  }
}

TEST(JsonSerializerV2DecodeTest, HandsBinaryFramesToTheBinaryDecoder) {
  const auto message = JsonSerializerV2().Decode({FrameType::kBinary, "\x02\x01\x01teX"});
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(*message, (Message{.topic = "t", .event = "e", .payload = Payload::Binary("X")}));
  EXPECT_EQ(JsonSerializerV2().Decode({FrameType::kBinary, "[]"}).status().code(),
            absl::StatusCode::kDataLoss);
}

std::optional<Text> RandomRef(test::RandomJson& random) {
  if (random.Below(3) == 0) return std::nullopt;
  return Text(random.String());
}

Message RandomMessage(test::RandomJson& random) {
  return Message{.join_ref = RandomRef(random),
                 .ref = RandomRef(random),
                 .topic = random.String(),
                 .event = random.String(),
                 .payload = Payload::JsonText(random.Spell(random.Value(3)))};
}

TEST(JsonSerializerV2PropertyTest, DecodesWhatItEncodesAndNlohmannAgrees) {
  test::RandomJson random(/*seed=*/2);
  for (int i = 0; i < 2000; ++i) {
    const Message message = RandomMessage(random);
    const std::string frame = Encode(message);
    const auto decoded = Decode(frame);
    ASSERT_TRUE(decoded.ok()) << decoded.status() << '\n' << frame;
    EXPECT_EQ(*decoded, message);
    const auto expected = test::ParseV2(frame);
    ASSERT_TRUE(expected.has_value()) << frame;
    EXPECT_EQ(test::Parsed(message, *expected), expected) << frame;
  }
}

TEST(JsonSerializerV2PropertyTest, ReadsAnySpellingAsNlohmannDoes) {
  test::RandomJson random(/*seed=*/3);
  for (int i = 0; i < 2000; ++i) {
    const json ref = random.Below(4) == 0 ? json(random.Below(1000)) : json(random.String());
    const json array = {ref, nullptr, random.String(), random.String(), random.Value(3)};
    const std::string frame = random.Spell(array);
    const auto expected = test::ParseV2(frame);
    ASSERT_TRUE(expected.has_value()) << frame;
    const auto decoded = Decode(frame);
    ASSERT_TRUE(decoded.ok()) << decoded.status() << '\n' << frame;
    EXPECT_EQ(test::Parsed(*decoded, *expected), expected) << frame;
  }
}

// Arrays of any length and of any elements: who accepts what must not differ either.
TEST(JsonSerializerV2PropertyTest, AcceptsNothingThatNlohmannWouldNot) {
  test::RandomJson random(/*seed=*/4);
  int accepted = 0;
  for (int i = 0; i < 8000; ++i) {
    json array = json::array();
    while (array.size() < 5) {
      array.push_back(random.Below(8) == 0 ? random.Value(2) : json(random.String()));
    }
    if (random.Below(4) == 0) array.push_back(random.Value(1));
    if (random.Below(4) == 0) array.erase(random.Below(array.size()));
    const std::string frame = random.Spell(array);
    const auto decoded = Decode(frame);
    const bool is_message = decoded.ok() && !decoded->payload.json().is_discarded();
    EXPECT_EQ(is_message, test::ParseV2(frame).has_value()) << frame;
    accepted += is_message ? 1 : 0;
  }
  EXPECT_GT(accepted, 2000);
  EXPECT_LT(accepted, 6000);
}

}  // namespace
}  // namespace phx::wire
