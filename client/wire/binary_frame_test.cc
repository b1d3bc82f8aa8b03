#include "client/wire/binary_frame.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/random_json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

using ::testing::HasSubstr;

std::string Hex(std::string_view hex) {
  return absl::HexStringToBytes(absl::string_view(hex.data(), hex.size()));
}

std::string Encode(const Message& message) {
  std::string out;
  const absl::Status status = EncodeBinaryPush(message, out);
  EXPECT_TRUE(status.ok()) << status;
  return out;
}

Message Push(Text topic, Text data) {
  return Message{.join_ref = "1",
                 .ref = "2",
                 .topic = std::move(topic),
                 .event = "e",
                 .payload = Payload::Binary(std::move(data))};
}

TEST(BinaryFrameEncodeTest, LaysThePushOutAsPhoenixReadsIt) {
  EXPECT_EQ(Encode({.join_ref = "3",
                    .ref = "9",
                    .topic = "room:\u00e9",
                    .event = "bin",
                    .payload = Payload::Binary("\x01\x02\x03")}),
            Hex("00010107033339726f6f6d3ac3a962696e010203"));
}

TEST(BinaryFrameEncodeTest, AnAbsentRefIsAnEmptyField) {
  EXPECT_EQ(Encode({.topic = "t", .event = "e", .payload = Payload::Binary("x")}),
            Hex("0000000101746578"));
}

TEST(BinaryFrameEncodeTest, DataMayBeEmptyOrAnyBytes) {
  EXPECT_EQ(Encode(Push("t", "")), Hex("000101010131327465"));
  EXPECT_EQ(Encode(Push("t", Text(std::string_view("\0\xff", 2)))), Hex("00010101013132746500ff"));
}

TEST(BinaryFrameEncodeTest, CountsBytesNotCharacters) {
  const std::string frame = Encode(Push("room:\u00e9\u6f22\U0001f642", ""));
  EXPECT_EQ(static_cast<unsigned char>(frame[3]), 5 + 2 + 3 + 4);
  EXPECT_THAT(frame, HasSubstr("room:\u00e9\u6f22\U0001f642"));
}

TEST(BinaryFrameEncodeTest, AFieldOf255BytesFits) {
  const std::string topic(255, 't');
  const std::string frame = Encode(Push(topic, "data"));
  EXPECT_EQ(frame[3], '\xff');
  EXPECT_EQ(frame, Hex("000101ff01") + "12" + topic + "e" + "data");
}

TEST(BinaryFrameEncodeTest, AFieldOf256BytesIsRefusedByName) {
  const Text long_text = std::string(256, 'x');
  const std::vector<std::pair<std::string, Message>> messages = {
      {"join_ref", {.join_ref = long_text, .topic = "t", .event = "e"}},
      {"ref has", {.ref = long_text, .topic = "t", .event = "e"}},
      {"topic", {.topic = long_text, .event = "e"}},
      {"event", {.topic = "t", .event = long_text}},
  };
  for (const auto& [name, message] : messages) {
    std::string out = "before";
    const absl::Status status = EncodeBinaryPush(message, out);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    EXPECT_THAT(std::string(status.message()), HasSubstr("256 bytes"));
    EXPECT_EQ(out, "before");
  }
}

TEST(BinaryFrameEncodeTest, AppendsToWhatIsThere) {
  std::string out = "before";
  ASSERT_TRUE(EncodeBinaryPush(Push("t", "x"), out).ok());
  EXPECT_EQ(out, "before" + Hex("00010101013132746578"));
}

// The three frames below were recorded from a real server.

TEST(BinaryFrameDecodeTest, ReadsAReply) {
  const std::string frame = Hex("01010106023132726f6f6d3a626f6b000102ff");
  const auto message = DecodeBinaryFrame(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(*message, (Message{.join_ref = "1",
                               .ref = "2",
                               .topic = "room:b",
                               .event = events::kReply,
                               .payload = Payload::Binary(Hex("000102ff")),
                               .status = "ok"}));
}

TEST(BinaryFrameDecodeTest, ReadsAPushWhichHasNoRef) {
  const std::string frame = Hex("0001060a31726f6f6d3a6262696e5f707573686564707573686564");
  const auto message = DecodeBinaryFrame(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(*message, (Message{.join_ref = "1",
                               .topic = "room:b",
                               .event = "bin_pushed",
                               .payload = Payload::Binary("pushed")}));
}

TEST(BinaryFrameDecodeTest, ReadsABroadcast) {
  const std::string frame = Hex("02060b726f6f6d3a6262696e5f73686f75746564616c6c");
  const auto message = DecodeBinaryFrame(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(
      *message,
      (Message{.topic = "room:b", .event = "bin_shouted", .payload = Payload::Binary("all")}));
}

TEST(BinaryFrameDecodeTest, AnEmptyRefIsNone) {
  const std::string frame = Hex("01000001006f");
  const auto reply = DecodeBinaryFrame(frame);
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(
      *reply,
      (Message{
          .topic = "o", .event = events::kReply, .payload = Payload::Binary(""), .status = ""}));
  EXPECT_EQ(reply->join_ref, std::nullopt);
  EXPECT_EQ(reply->ref, std::nullopt);
}

TEST(BinaryFrameDecodeTest, FieldsMayHave255BytesAndDataAnyLength) {
  const std::string field(255, '\xc3');
  const std::string data(1 << 20, '\xff');
  const std::string frame = absl::StrCat("\x01\xff\xff\xff\xff", field, field, field, field, data);
  const auto message = DecodeBinaryFrame(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->join_ref, field);
  EXPECT_EQ(message->status, field);
  EXPECT_EQ(message->payload.bytes(), data);
}

TEST(BinaryFrameDecodeTest, PointsIntoTheFrame) {
  const std::string frame = Hex("01010106023132726f6f6d3a626f6b000102ff");
  const auto message = DecodeBinaryFrame(frame);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->topic.view().data(), frame.data() + 7);
  EXPECT_EQ(message->payload.bytes().data(), frame.data() + 15);
}

// A frame is whole once its fields are: data that is cut short is shorter data. Every shorter frame
// must be refused.
TEST(BinaryFrameDecodeTest, RefusesEveryFrameThatEndsBeforeItsData) {
  const std::vector<std::pair<std::string, std::size_t>> frames_and_data_sizes = {
      {Hex("01010106023132726f6f6d3a626f6b000102ff"), 4},
      {Hex("0001060a31726f6f6d3a6262696e5f707573686564707573686564"), 6},
      {Hex("02060b726f6f6d3a6262696e5f73686f75746564616c6c"), 3},
  };
  for (const auto& [frame, data_size] : frames_and_data_sizes) {
    for (std::size_t size = 0; size <= frame.size(); ++size) {
      const std::string prefix = frame.substr(0, size);  // its own bytes: a read past them is seen
      const auto message = DecodeBinaryFrame(prefix);
      EXPECT_EQ(message.ok(), size >= frame.size() - data_size) << size;
      EXPECT_TRUE(message.ok() || message.status().code() == absl::StatusCode::kDataLoss) << size;
    }
  }
}

TEST(BinaryFrameDecodeTest, RefusesUnknownKinds) {
  for (int kind = 3; kind < 256; ++kind) {
    std::string frame(64, '\0');
    frame[0] = static_cast<char>(kind);
    const auto message = DecodeBinaryFrame(frame);
    EXPECT_EQ(message.status().code(), absl::StatusCode::kDataLoss);
    EXPECT_THAT(std::string(message.status().message()),
                HasSubstr(absl::StrCat("unknown kind ", kind)));
  }
  EXPECT_EQ(DecodeBinaryFrame("").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeBinaryFrame("[1,2]").status().code(), absl::StatusCode::kDataLoss);
}

// The server's side, written down once more from the layout.
std::string ServerFrame(char kind, const std::vector<std::string>& fields, std::string_view data) {
  std::string frame(1, kind);
  for (const std::string& field : fields) frame.push_back(static_cast<char>(field.size()));
  for (const std::string& field : fields) frame += field;
  return frame.append(data);
}

TEST(BinaryFramePropertyTest, ReadsEveryKindWithAnyFields) {
  test::RandomJson random(/*seed=*/11);
  for (int i = 0; i < 2000; ++i) {
    const std::string join_ref = random.String() + "1";
    const std::string ref = random.String() + "2";
    const std::string topic = random.String();
    const std::string name = random.String();
    const std::string data = random.String();
    Message expected{.topic = topic, .event = name, .payload = Payload::Binary(data)};
    const std::string broadcast = ServerFrame(2, {topic, name}, data);
    EXPECT_EQ(DecodeBinaryFrame(broadcast).value(), expected);
    expected.join_ref = join_ref;
    const std::string push = ServerFrame(0, {join_ref, topic, name}, data);
    EXPECT_EQ(DecodeBinaryFrame(push).value(), expected);
    expected.ref = ref;
    EXPECT_EQ(Encode(expected), ServerFrame(0, {join_ref, ref, topic, name}, data));
    expected.event = events::kReply;
    expected.status = name;
    const std::string reply = ServerFrame(1, {join_ref, ref, topic, name}, data);
    EXPECT_EQ(DecodeBinaryFrame(reply).value(), expected);
  }
}

}  // namespace
}  // namespace phx::wire
