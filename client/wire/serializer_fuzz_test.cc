// Whatever arrives, the serializers neither crash nor read outside it, and what they make of it is
// what nlohmann's parser makes of it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "client/wire/events.h"
#include "client/wire/frame_oracle.h"
#include "client/wire/json_serializer_v1.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/reply.h"
#include "client/wire/utf8.h"

namespace phx::wire {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// What is decoded can be encoded again, unless it is not UTF-8, and then means the same.
void CheckRoundTrip(const Serializer& serializer, const Message& message) {
  std::string out;
  if (message.payload.is_binary() || !serializer.Encode(message, out).ok()) return;
  const auto again = serializer.Decode({FrameType::kText, out});
  Require(again.ok() && *again == message, "round trip");
}

void CheckReply(const Message& message) {
  const auto reply = ParseReply(message);
  if (message.payload.is_binary()) return;
  const auto expected = test::ParseReplyPayload(message.payload.text());
  const bool is_json = !message.payload.json().is_discarded();
  if (is_json) Require(reply.ok() == expected.has_value(), "who is a reply");
  if (is_json && reply.ok()) Require(test::Parsed(*reply) == expected, "what the reply says");
}

void CheckV2(std::string_view frame) {
  const JsonSerializerV2 serializer;
  const auto message = serializer.Decode({FrameType::kText, frame});
  const auto expected = test::ParseV2(frame);  // nullopt also for what is not UTF-8
  Require(message.ok() || !expected.has_value(), "V2 accepts every message");
  if (!message.ok()) return;
  CheckReply(*message);
  CheckRoundTrip(serializer, *message);
  if (message->payload.json().is_discarded()) {
    Require(!expected.has_value(), "V2 takes the whole payload");
  } else if (IsValidUtf8(frame)) {
    Require(expected.has_value(), "V2 accepts messages only");
    Require(test::Parsed(*message, *expected) == expected, "what the V2 message says");
  }
}

void CheckV1(std::string_view frame) {
  const JsonSerializerV1 serializer;
  const auto message = serializer.Decode({FrameType::kText, frame});
  if (!message.ok()) return;
  CheckReply(*message);
  if (const auto expected = test::ParseV1(frame); expected.has_value()) {
    Require(test::Parsed(*message, *expected) == expected, "what the V1 message says");
  }
}

void CheckBinary(std::string_view frame) {
  const auto message = JsonSerializerV2().Decode({FrameType::kBinary, frame});
  if (!message.ok()) return;
  CheckReply(*message);
  std::size_t fields = message->topic.size();
  if (message->join_ref.has_value()) fields += message->join_ref->size();
  if (message->ref.has_value()) fields += message->ref->size();
  fields += message->status.value_or(message->event).size();
  const std::size_t lengths = frame[0] == 0 ? 3 : frame[0] == 1 ? 4 : 2;
  Require(1 + lengths + fields + message->payload.bytes().size() == frame.size(), "all bytes used");
}

}  // namespace
}  // namespace phx::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view frame(reinterpret_cast<const char*>(data), size);
  phx::wire::CheckV2(frame);
  phx::wire::CheckV1(frame);
  phx::wire::CheckBinary(frame);
  return 0;
}
