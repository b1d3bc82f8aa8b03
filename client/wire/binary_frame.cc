#include "client/wire/binary_frame.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "client/wire/message.h"

namespace phx::wire {
namespace {

constexpr std::size_t kMaxField = 255;

constexpr char kPush = 0;
constexpr char kReply = 1;
constexpr char kBroadcast = 2;

struct Field {
  const char* name;
  std::string_view text;
};

// Reads `fields.size()` lengths after the kind byte, then that many texts; returns what is left.
absl::StatusOr<std::string_view> ReadFields(std::string_view data,
                                            std::span<std::string_view> fields) {
  std::size_t at = 1 + fields.size();
  if (data.size() < at) {
    return absl::DataLossError(
        absl::StrCat("binary frame of ", data.size(), " bytes ends inside its header"));
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto length = static_cast<std::uint8_t>(data[1 + i]);
    if (data.size() - at < length) {
      return absl::DataLossError(
          absl::StrCat("binary frame of ", data.size(), " bytes ends inside its field ", i + 1));
    }
    fields[i] = data.substr(at, length);
    at += length;
  }
  return data.substr(at);
}

// An empty ref stands for none.
std::optional<Text> OptionalRef(std::string_view text) {
  if (text.empty()) return std::nullopt;
  return Text::Borrow(text);
}

absl::StatusOr<Message> DecodePush(std::string_view data) {
  std::array<std::string_view, 3> fields;  // join_ref, topic, event
  absl::StatusOr<std::string_view> rest = ReadFields(data, fields);
  if (!rest.ok()) return rest.status();
  return Message{.join_ref = OptionalRef(fields[0]),
                 .topic = Text::Borrow(fields[1]),
                 .event = Text::Borrow(fields[2]),
                 .payload = Payload::Binary(Text::Borrow(*rest))};
}

absl::StatusOr<Message> DecodeReply(std::string_view data) {
  std::array<std::string_view, 4> fields;  // join_ref, ref, topic, status
  absl::StatusOr<std::string_view> rest = ReadFields(data, fields);
  if (!rest.ok()) return rest.status();
  return Message{.join_ref = OptionalRef(fields[0]),
                 .ref = OptionalRef(fields[1]),
                 .topic = Text::Borrow(fields[2]),
                 .event = Text::Borrow(events::kReply),
                 .payload = Payload::Binary(Text::Borrow(*rest)),
                 .status = Text::Borrow(fields[3])};
}

absl::StatusOr<Message> DecodeBroadcast(std::string_view data) {
  std::array<std::string_view, 2> fields;  // topic, event
  absl::StatusOr<std::string_view> rest = ReadFields(data, fields);
  if (!rest.ok()) return rest.status();
  return Message{.topic = Text::Borrow(fields[0]),
                 .event = Text::Borrow(fields[1]),
                 .payload = Payload::Binary(Text::Borrow(*rest))};
}

std::string_view ViewOf(const std::optional<Text>& ref) {
  return ref.has_value() ? ref->view() : std::string_view();
}

}  // namespace

absl::Status EncodeBinaryPush(const Message& message, std::string& out) {
  const std::array<Field, 4> fields = {{{"join_ref", ViewOf(message.join_ref)},
                                        {"ref", ViewOf(message.ref)},
                                        {"topic", message.topic},
                                        {"event", message.event}}};
  for (const Field& field : fields) {
    if (field.text.size() > kMaxField) {
      return absl::InvalidArgumentError(
          absl::StrCat("binary push: ", field.name, " has ", field.text.size(),
                       " bytes; a binary frame holds at most ", kMaxField));
    }
  }
  out.push_back(kPush);
  for (const Field& field : fields) out.push_back(static_cast<char>(field.text.size()));
  for (const Field& field : fields) out.append(field.text);
  out.append(message.payload.bytes());
  return absl::OkStatus();
}

absl::StatusOr<Message> DecodeBinaryFrame(std::string_view data) {
  if (data.empty()) return absl::DataLossError("binary frame is empty");
  switch (data.front()) {
    case kPush: return DecodePush(data);
    case kReply: return DecodeReply(data);
    case kBroadcast: return DecodeBroadcast(data);
    default:
      return absl::DataLossError(
          absl::StrCat("binary frame has the unknown kind ",
                       static_cast<int>(static_cast<std::uint8_t>(data.front()))));
  }
}

}  // namespace phx::wire
