#include "client/wire/json_serializer_v1.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/json_scanner.h"
#include "client/wire/json_string.h"
#include "client/wire/utf8.h"

namespace phx::wire {
namespace {

absl::Status Malformed(const JsonScanner& scanner, std::string_view expected) {
  return absl::DataLossError(absl::StrCat("V1 frame, byte ", scanner.position(), ": expected ",
                                          absl::string_view(expected.data(), expected.size())));
}

// The members seen so far, of each the last; topic, event and payload must have come by the end.
struct Members {
  std::optional<Text> topic;
  std::optional<Text> event;
  std::optional<std::string_view> payload;
  std::optional<Text> ref;
  std::optional<Text> join_ref;
};

bool ReadRef(JsonScanner& scanner, std::optional<Text>& ref) {
  ref.reset();
  if (scanner.Null()) return true;
  ref = scanner.StringOrNumber();
  return ref.has_value();
}

// Reads the value of `key`; what no V1 message has is stepped over. False: not of its type.
bool ReadMember(std::string_view key, JsonScanner& scanner, Members& members) {
  if (key == "topic") return (members.topic = scanner.String()).has_value();
  if (key == "event") return (members.event = scanner.String()).has_value();
  if (key == "ref") return ReadRef(scanner, members.ref);
  if (key == "join_ref") return ReadRef(scanner, members.join_ref);
  const std::optional<std::string_view> value = scanner.Value();
  if (key == "payload") members.payload = value;
  return value.has_value();
}

absl::Status ReadObject(JsonScanner& scanner, Members& members) {
  if (!scanner.Consume('{')) {
    return Malformed(scanner, scanner.Peek() == '['
                                  ? "an object, but this is an array: the server speaks V2"
                                  : "an object");
  }
  do {
    const std::optional<Text> key = scanner.String();
    if (!key.has_value()) return Malformed(scanner, "a key");
    if (!scanner.Consume(':')) return Malformed(scanner, "':'");
    if (!ReadMember(*key, scanner, members)) {
      return Malformed(scanner, absl::StrCat("a valid value of \"", key->ToString(), "\""));
    }
  } while (scanner.Consume(','));
  if (!scanner.Consume('}')) return Malformed(scanner, "',' or '}'");
  if (!scanner.AtEnd()) return Malformed(scanner, "the end");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FrameType> JsonSerializerV1::Encode(const Message& message, std::string& out) const {
  if (message.payload.is_binary()) {
    return absl::InvalidArgumentError("protocol V1 has no binary messages; use V2");
  }
  if (absl::Status status = message.payload.status(); !status.ok()) return status;
  const std::size_t start = out.size();
  out.append(R"({"topic":)");
  AppendJsonString(message.topic, out);
  out.append(R"(,"event":)");
  AppendJsonString(message.event, out);
  out.append(R"(,"payload":)");
  out.append(message.payload.text());
  out.append(R"(,"ref":)");
  if (message.ref.has_value()) {
    AppendJsonString(*message.ref, out);
  } else {
    out.append("null");
  }
  out.push_back('}');
  if (!IsValidUtf8(std::string_view(out).substr(start))) {
    out.resize(start);
    return absl::InvalidArgumentError("message is not UTF-8");
  }
  return FrameType::kText;
}

absl::StatusOr<Message> JsonSerializerV1::Decode(FrameView frame) const {
  if (frame.type == FrameType::kBinary) {
    return absl::DataLossError("V1 frame is binary; V1 has text frames only");
  }
  JsonScanner scanner(frame.data);
  Members members;
  if (absl::Status status = ReadObject(scanner, members); !status.ok()) return status;
  if (!members.topic.has_value()) return Malformed(scanner, "\"topic\"");
  if (!members.event.has_value()) return Malformed(scanner, "\"event\"");
  if (!members.payload.has_value()) return Malformed(scanner, "\"payload\"");
  return Message{.join_ref = std::move(members.join_ref),
                 .ref = std::move(members.ref),
                 .topic = *std::move(members.topic),
                 .event = *std::move(members.event),
                 .payload = Payload::JsonText(Text::Borrow(*members.payload))};
}

}  // namespace phx::wire
