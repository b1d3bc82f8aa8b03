#include "mockserver/server_serializer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/frame.h"
#include "client/wire/payload.h"
#include "client/wire/text.h"
#include "client/wire/utf8.h"
#include "mockserver/client_message.h"
#include "mockserver/json_canonical.h"
#include "mockserver/json_reader.h"
#include "mockserver/json_string.h"
#include "mockserver/json_term.h"
#include "mockserver/json_writer.h"

namespace phx::mock {
namespace {

using wire::FrameType;
using wire::Text;

constexpr std::size_t kMaxBinaryField = 255;  // its length is one byte

// More than the literals of any message together.
constexpr std::size_t kEnvelope = 96;

enum BinaryKind : char { kPush = 0, kReply = 1, kBroadcast = 2 };

absl::Status Malformed(const char* what) {
  return absl::DataLossError(absl::StrCat("not a Phoenix message: ", what));
}

constexpr char kTooDeep[] = "arrays and objects lie too deep in each other";

JsonTerm ToTerm(const JsonValue& value) {
  if (value.kind == JsonValue::Kind::kNull) return JsonTerm();
  if (value.kind == JsonValue::Kind::kString) {
    return JsonTerm::String(value.plain ? Text::Borrow(value.inner())
                                        : Text(UnescapeJsonString(value.inner())));
  }
  return JsonTerm::Other(value.plain ? Text::Borrow(value.text) : Text(CanonicalJson(value.text)));
}

wire::Payload ToPayload(const JsonValue& value) {
  if (value.plain || value.kind == JsonValue::Kind::kString) {
    return wire::Payload::JsonText(Text::Borrow(value.text));
  }
  return wire::Payload::JsonText(Text(CanonicalJson(value.text)));
}

absl::Status DecodeArray(std::string_view text, ClientMessage& message) {
  JsonReader reader(text);
  if (!reader.Consume('[')) return Malformed("V2 text is not a JSON array");
  std::array<JsonValue, 5> values;
  for (JsonValue& value : values) {
    if (&value != values.data() && !reader.Consume(',')) {
      return Malformed("the array has fewer than 5 elements, or bad JSON between them");
    }
    if (!reader.ReadValue(value)) return Malformed("bad JSON in the array");
  }
  while (reader.Consume(',')) {
    JsonValue ignored;
    if (!reader.ReadValue(ignored)) return Malformed("bad JSON behind the 5th element");
  }
  if (!reader.Consume(']') || !reader.AtEnd()) return Malformed("bad JSON at the array's end");
  if (reader.was_too_deep()) return Malformed(kTooDeep);
  message.join_ref = ToTerm(values[0]);
  message.ref = ToTerm(values[1]);
  message.topic = ToTerm(values[2]);
  message.event = ToTerm(values[3]);
  message.payload = ToPayload(values[4]);
  return absl::OkStatus();
}

// The members of a V1 message; of equal keys the first counts.
struct Members {
  std::optional<JsonValue> join_ref;
  std::optional<JsonValue> ref;
  std::optional<JsonValue> topic;
  std::optional<JsonValue> event;
  std::optional<JsonValue> payload;

  void Put(std::string_view key, const JsonValue& value) {
    std::optional<JsonValue>* member = nullptr;
    if (key == "join_ref") member = &join_ref;
    if (key == "ref") member = &ref;
    if (key == "topic") member = &topic;
    if (key == "event") member = &event;
    if (key == "payload") member = &payload;
    if (member != nullptr && !member->has_value()) *member = value;
  }
};

bool ReadMember(JsonReader& reader, Members& members) {
  JsonValue key;
  JsonValue value;
  if (!reader.ReadValue(key) || key.kind != JsonValue::Kind::kString || !reader.Consume(':') ||
      !reader.ReadValue(value)) {
    return false;
  }
  if (key.plain) {
    members.Put(key.inner(), value);
  } else {
    members.Put(UnescapeJsonString(key.inner()), value);
  }
  return true;
}

absl::Status DecodeObject(std::string_view text, ClientMessage& message) {
  JsonReader reader(text);
  Members members;
  if (!reader.Consume('{')) return Malformed("V1 text is not a JSON object");
  if (!reader.Consume('}')) {
    do {
      if (!ReadMember(reader, members)) return Malformed("bad JSON in the object");
    } while (reader.Consume(','));
    if (!reader.Consume('}')) return Malformed("bad JSON at the object's end");
  }
  if (!reader.AtEnd()) return Malformed("something stands behind the object");
  if (reader.was_too_deep()) return Malformed(kTooDeep);
  if (!members.topic || !members.event || !members.payload || !members.ref) {
    return Malformed("topic, event, payload or ref is missing");
  }
  message.join_ref = members.join_ref ? ToTerm(*members.join_ref) : JsonTerm();
  message.ref = ToTerm(*members.ref);
  message.topic = ToTerm(*members.topic);
  message.event = ToTerm(*members.event);
  message.payload = ToPayload(*members.payload);
  return absl::OkStatus();
}

absl::Status DecodeBinary(std::string_view data, ClientMessage& message) {
  constexpr std::size_t kHeader = 5;
  if (data.size() < kHeader || data[0] != kPush) {
    return Malformed("a binary frame without a push's header");
  }
  std::array<JsonTerm*, 4> fields = {&message.join_ref, &message.ref, &message.topic,
                                     &message.event};
  std::string_view rest = data.substr(kHeader);
  for (std::size_t i = 0; i != fields.size(); ++i) {
    const std::size_t size = static_cast<unsigned char>(data[i + 1]);
    if (rest.size() < size) return Malformed("a binary frame that is shorter than its fields");
    const std::string_view field = rest.substr(0, size);
    if (!wire::IsValidUtf8(field)) return Malformed("a field that is not UTF-8");
    *fields[i] = JsonTerm::String(Text::Borrow(field));
    rest.remove_prefix(size);
  }
  message.payload = wire::Payload::Binary(Text::Borrow(rest));
  return absl::OkStatus();
}

// One field of a binary frame, and what it is called in messages.
struct Field {
  const char* name;
  std::string_view text;
};

absl::StatusOr<FrameType> AppendBinary(BinaryKind kind, std::initializer_list<Field> fields,
                                       std::string_view data, std::string& out) {
  for (const Field& field : fields) {
    if (field.text.size() <= kMaxBinaryField) continue;
    return absl::InvalidArgumentError(absl::StrCat(field.name, " is ", field.text.size(),
                                                   " bytes long; a binary message can hold ",
                                                   kMaxBinaryField));
  }
  out += static_cast<char>(kind);
  for (const Field& field : fields) out += static_cast<char>(field.text.size());
  for (const Field& field : fields) out.append(field.text);
  out.append(data);
  return FrameType::kBinary;
}

absl::Status CheckBinaryTerms(std::initializer_list<const JsonTerm*> terms) {
  for (const JsonTerm* term : terms) {
    if (!term->is_array() && !term->is_object()) continue;
    return absl::InvalidArgumentError(
        "a ref that is a list or a map cannot stand in a binary message");
  }
  return absl::OkStatus();
}

absl::Status NoBinaryOnV1() {
  return absl::InvalidArgumentError("V1 cannot carry a binary payload");
}

// V2 pushes and broadcasts objects only; V1 takes any JSON.
absl::Status RequireObject(const wire::Payload& payload) {
  const std::string_view text = payload.text();
  const std::size_t begin = text.find_first_not_of(" \t\n\r");
  if (begin != std::string_view::npos && text[begin] == '{') return absl::OkStatus();
  return absl::InvalidArgumentError(
      "what is pushed or broadcast on V2 must be an object or binary");
}

void WriteResponse(JsonWriter& writer, std::string_view status, const wire::Payload& response) {
  writer.Raw(response.text());
  writer.Literal(R"(,"status":)");
  writer.String(status);
  writer.Literal("}");
}

}  // namespace

absl::Status ServerSerializer::Decode(wire::FrameView frame, ClientMessage& message) const {
  if (version_ == ProtocolVersion::kV1) {
    // Phoenix's V1 does not look at the opcode: a binary frame may hold JSON.
    if (frame.type == FrameType::kBinary && !wire::IsValidUtf8(frame.data)) {
      return Malformed("a binary frame on V1 that is not text");
    }
    return DecodeObject(frame.data, message);
  }
  return frame.type == FrameType::kBinary ? DecodeBinary(frame.data, message)
                                          : DecodeArray(frame.data, message);
}

absl::StatusOr<FrameType> ServerSerializer::EncodeReply(const JsonTerm& join_ref,
                                                        const JsonTerm& ref, const JsonTerm& topic,
                                                        std::string_view status,
                                                        const wire::Payload& response,
                                                        std::string& out) const {
  if (absl::Status valid = response.status(); !valid.ok()) return valid;
  if (response.is_binary()) {
    if (version_ == ProtocolVersion::kV1) return NoBinaryOnV1();
    if (absl::Status valid = CheckBinaryTerms({&join_ref, &ref}); !valid.ok()) return valid;
    return AppendBinary(kReply,
                        {{"join_ref", join_ref.text()},
                         {"ref", ref.text()},
                         {"topic", topic.text()},
                         {"status", status}},
                        response.bytes(), out);
  }
  JsonWriter writer(out, kEnvelope + JsonWriter::RoomFor(join_ref) + JsonWriter::RoomFor(ref) +
                             JsonWriter::RoomFor(topic) + JsonWriter::RoomFor(status) +
                             response.text().size());
  if (version_ == ProtocolVersion::kV1) {
    writer.Literal(R"({"event":"phx_reply","payload":{"response":)");
    WriteResponse(writer, status, response);
    writer.Literal(R"(,"ref":)");
    writer.Term(ref);
    writer.Literal(R"(,"topic":)");
    writer.Term(topic);
    writer.Literal("}");
  } else {
    writer.Literal("[");
    writer.Term(join_ref);
    writer.Literal(",");
    writer.Term(ref);
    writer.Literal(",");
    writer.Term(topic);
    writer.Literal(R"(,"phx_reply",{"response":)");
    WriteResponse(writer, status, response);
    writer.Literal("]");
  }
  writer.Finish();
  return FrameType::kText;
}

absl::StatusOr<FrameType> ServerSerializer::EncodePush(const JsonTerm& join_ref,
                                                       const JsonTerm& ref, std::string_view topic,
                                                       std::string_view event,
                                                       const wire::Payload& payload,
                                                       std::string& out) const {
  if (absl::Status valid = payload.status(); !valid.ok()) return valid;
  if (payload.is_binary()) {
    if (version_ == ProtocolVersion::kV1) return NoBinaryOnV1();
    if (absl::Status valid = CheckBinaryTerms({&join_ref}); !valid.ok()) return valid;
    return AppendBinary(kPush, {{"join_ref", join_ref.text()}, {"topic", topic}, {"event", event}},
                        payload.bytes(), out);
  }
  if (version_ == ProtocolVersion::kV2) {
    if (absl::Status valid = RequireObject(payload); !valid.ok()) return valid;
  }
  JsonWriter writer(out, kEnvelope + JsonWriter::RoomFor(join_ref) + JsonWriter::RoomFor(ref) +
                             JsonWriter::RoomFor(topic) + JsonWriter::RoomFor(event) +
                             payload.text().size());
  if (version_ == ProtocolVersion::kV1) {
    writer.Literal(R"({"event":)");
    writer.String(event);
    writer.Literal(R"(,"payload":)");
    writer.Raw(payload.text());
    writer.Literal(R"(,"ref":)");
    writer.Term(ref);
    writer.Literal(R"(,"topic":)");
    writer.String(topic);
    writer.Literal("}");
  } else {
    writer.Literal("[");
    writer.Term(join_ref);
    writer.Literal(",");
    writer.Term(ref);
    writer.Literal(",");
    writer.String(topic);
    writer.Literal(",");
    writer.String(event);
    writer.Literal(",");
    writer.Raw(payload.text());
    writer.Literal("]");
  }
  writer.Finish();
  return FrameType::kText;
}

absl::StatusOr<FrameType> ServerSerializer::EncodeBroadcast(std::string_view topic,
                                                            std::string_view event,
                                                            const wire::Payload& payload,
                                                            std::string& out) const {
  if (payload.is_binary() && version_ == ProtocolVersion::kV2) {
    return AppendBinary(kBroadcast, {{"topic", topic}, {"event", event}}, payload.bytes(), out);
  }
  return EncodePush(JsonTerm(), JsonTerm(), topic, event, payload, out);
}

}  // namespace phx::mock
