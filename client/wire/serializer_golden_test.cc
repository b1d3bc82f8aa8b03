// Every message that a real Phoenix server sent in the recorded conversations must mean to the
// serializers what it means to nlohmann's parser; every message that the recording client sent must
// be what the serializers write.
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/binary_frame.h"
#include "client/wire/events.h"
#include "client/wire/frame_oracle.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/reply.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/goldens/transcript.h"

namespace phx::wire {
namespace {

using ::nlohmann::json;
using Kind = test::TranscriptLine::Kind;

constexpr const char* kDirectory = "testing/goldens/phoenix-1.8-bandit";

// One recorded frame and the version that its connection speaks.
struct Recorded {
  std::string where;
  bool is_v2 = false;
  FrameType type = FrameType::kText;
  std::string data;
};

struct Recordings {
  std::vector<Recorded> received;
  std::vector<Recorded> sent;
};

void AddFrame(const test::TranscriptLine& line, bool is_v2, const std::string& where,
              Recordings& out) {
  const bool is_text = line.opcode == WebSocketOpcode::kText;
  if (!line.fin || line.rsv != 0 || (!is_text && line.opcode != WebSocketOpcode::kBinary)) return;
  std::vector<Recorded>& frames = line.kind == Kind::kSend ? out.sent : out.received;
  frames.push_back({where, is_v2, is_text ? FrameType::kText : FrameType::kBinary, line.data});
}

// A long-poll answer carries text frames as strings.
void AddPolled(const test::TranscriptLine& line, bool is_v2, const std::string& where,
               Recordings& out) {
  const json body = json::parse(line.data, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object() || !body.contains("messages")) return;
  for (const json& message : body["messages"]) {
    if (message.get<std::string>().starts_with(is_v2 ? '[' : '{')) {
      out.received.push_back({where, is_v2, FrameType::kText, message});
    }
  }
}

void AddTranscript(const test::Transcript& transcript, Recordings& out) {
  std::map<std::string, bool> speaks_v2;  // by connection
  for (const test::TranscriptLine& line : transcript.lines) {
    const std::string where = absl::StrCat(transcript.name, ":", line.number);
    bool& is_v2 = speaks_v2[line.connection];
    switch (line.kind) {
      case Kind::kRequest: is_v2 = line.target.find("vsn=2.") != std::string::npos; break;
      case Kind::kResponse: AddPolled(line, is_v2, where, out); break;
      case Kind::kSend:
      case Kind::kReceive: AddFrame(line, is_v2, where, out); break;
      case Kind::kTcpClose:
      case Kind::kNote: break;
    }
  }
}

const Recordings& AllRecordings() {
  static const Recordings& recordings = *[] {
    auto* all = new Recordings;
    for (const std::string& name : test::ListTranscripts(kDirectory)) {
      const auto transcript = test::ReadTranscript(absl::StrCat(kDirectory, "/", name, ".jsonl"));
      EXPECT_TRUE(transcript.ok()) << transcript.status();
      if (transcript.ok()) AddTranscript(*transcript, *all);
    }
    return all;
  }();
  return recordings;
}

const Serializer& SerializerFor(const Recorded& frame) {
  static const JsonSerializerV1 kV1;
  static const JsonSerializerV2 kV2;
  if (frame.is_v2) return kV2;
  return kV1;
}

std::optional<test::ParsedMessage> Oracle(const Recorded& frame) {
  return frame.is_v2 ? test::ParseV2(frame.data) : test::ParseV1(frame.data);
}

TEST(SerializerGoldenTest, ReadsEveryTextMessageOfARealServer) {
  std::size_t messages = 0;
  for (const Recorded& frame : AllRecordings().received) {
    if (frame.type != FrameType::kText) continue;
    const auto expected = Oracle(frame);
    if (!expected.has_value()) continue;  // counted below
    const auto message = SerializerFor(frame).Decode({frame.type, frame.data});
    ASSERT_TRUE(message.ok()) << frame.where << ": " << message.status();
    EXPECT_EQ(test::Parsed(*message, *expected), expected) << frame.where;
    ++messages;
  }
  EXPECT_GE(messages, 800);
}

// A server that is asked to echoes refs and topics of any type. What is no message must be refused,
// or show itself when its payload is parsed; and there must be few of that kind.
TEST(SerializerGoldenTest, RefusesWhatARealServerEchoedOfMalformedMessages) {
  std::size_t refused = 0;
  for (const Recorded& frame : AllRecordings().received) {
    if (frame.type != FrameType::kText || Oracle(frame).has_value()) continue;
    const auto message = SerializerFor(frame).Decode({frame.type, frame.data});
    EXPECT_TRUE(!message.ok() || message->payload.json().is_discarded())
        << frame.where << ": " << frame.data;
    ++refused;
  }
  EXPECT_LE(refused, 20);
}

TEST(SerializerGoldenTest, ReadsEveryReplyOfARealServer) {
  std::size_t replies = 0;
  for (const Recorded& frame : AllRecordings().received) {
    const auto message = SerializerFor(frame).Decode({frame.type, frame.data});
    if (!message.ok() || message->event != events::kReply) continue;
    const auto reply = ParseReply(*message);
    ASSERT_TRUE(reply.ok()) << frame.where << ": " << reply.status();
    ++replies;
    if (frame.type == FrameType::kBinary) continue;
    EXPECT_EQ(test::Parsed(*reply), test::ParseReplyPayload(message->payload.text()))
        << frame.where;
  }
  EXPECT_GE(replies, 400);
}

// The layout of a server's binary frame, written down once more: kind, lengths, fields, data.
std::vector<std::string> FieldsOf(std::string_view frame, std::size_t count) {
  std::vector<std::string> fields;
  std::size_t at = 1 + count;
  for (std::size_t i = 0; i < count; ++i) {
    const auto length = static_cast<unsigned char>(frame.at(1 + i));
    fields.emplace_back(frame.substr(at, length));
    at += length;
  }
  fields.emplace_back(frame.substr(at));
  return fields;
}

TEST(SerializerGoldenTest, ReadsEveryBinaryMessageOfARealServer) {
  std::size_t messages = 0;
  for (const Recorded& frame : AllRecordings().received) {
    if (frame.type != FrameType::kBinary) continue;
    const auto message = DecodeBinaryFrame(frame.data);
    ASSERT_TRUE(message.ok()) << frame.where << ": " << message.status();
    const char kind = frame.data[0];
    std::vector<std::string> seen;
    if (kind != 2) seen.push_back(message->join_ref.value_or("").ToString());
    if (kind == 1) seen.push_back(message->ref.value_or("").ToString());
    seen.push_back(message->topic.ToString());
    seen.push_back(message->status.value_or(message->event).ToString());
    seen.emplace_back(message->payload.bytes());
    static constexpr std::size_t kFields[] = {3, 4, 2};
    EXPECT_EQ(seen, FieldsOf(frame.data, kFields[static_cast<unsigned char>(kind)])) << frame.where;
    ++messages;
  }
  EXPECT_GE(messages, 10);
}

TEST(SerializerGoldenTest, WritesWhatTheRecordingClientWrote) {
  std::size_t messages = 0;
  for (const Recorded& frame : AllRecordings().sent) {
    if (frame.type != FrameType::kText) continue;
    const auto wanted = Oracle(frame);
    if (!wanted.has_value() || wanted->join_ref.is_number() || wanted->ref.is_number()) continue;
    Message message{
        .topic = wanted->topic, .event = wanted->event, .payload = Payload::Json(wanted->payload)};
    if (wanted->join_ref.is_string()) message.join_ref = wanted->join_ref.get<std::string>();
    if (wanted->ref.is_string()) message.ref = wanted->ref.get<std::string>();
    std::string out;
    ASSERT_TRUE(SerializerFor(frame).Encode(message, out).ok()) << frame.where;
    const json expected = json::parse(frame.data);
    EXPECT_EQ(json::parse(out), expected) << frame.where;
    ++messages;
  }
  EXPECT_GE(messages, 500);
}

TEST(SerializerGoldenTest, WritesTheBinaryPushesOfTheRecordingClient) {
  std::size_t messages = 0;
  for (const Recorded& frame : AllRecordings().sent) {
    const bool is_push = frame.type == FrameType::kBinary && frame.data.starts_with('\0');
    if (!is_push || frame.where.starts_with("malformed")) continue;
    const std::vector<std::string> fields = FieldsOf(frame.data, 4);
    Message message{.topic = fields[2], .event = fields[3], .payload = Payload::Binary(fields[4])};
    if (!fields[0].empty()) message.join_ref = fields[0];
    if (!fields[1].empty()) message.ref = fields[1];
    std::string out;
    ASSERT_TRUE(EncodeBinaryPush(message, out).ok()) << frame.where;
    EXPECT_EQ(out, frame.data) << frame.where;
    ++messages;
  }
  EXPECT_GE(messages, 10);
}

}  // namespace
}  // namespace phx::wire
