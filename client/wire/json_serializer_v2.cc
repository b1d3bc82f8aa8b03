#include "client/wire/json_serializer_v2.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/binary_frame.h"
#include "client/wire/json_scanner.h"
#include "client/wire/json_string.h"
#include "client/wire/utf8.h"

namespace phx::wire {
namespace {

std::string_view ViewOf(const std::optional<Text>& ref) {
  return ref.has_value() ? ref->view() : std::string_view();
}

absl::Status Malformed(const JsonScanner& scanner, std::string_view expected) {
  return absl::DataLossError(absl::StrCat("V2 frame, byte ", scanner.position(), ": expected ",
                                          absl::string_view(expected.data(), expected.size())));
}

// A ref: a string, null, or (tolerated) a number.
bool ReadRef(JsonScanner& scanner, std::optional<Text>& ref) {
  if (scanner.Null()) return true;
  ref = scanner.StringOrNumber();
  return ref.has_value();
}

// A string without escapes, or null, and the comma behind it. Returns where the next field begins;
// npos if something else stands there. null gives a view of nothing.
std::size_t ReadPlainField(std::string_view data, std::size_t at, std::string_view& field) {
  constexpr std::string_view kNull = "null,";
  if (at < data.size() && data[at] == '"') {
    const std::size_t end = FindSpecial(data, at + 1);
    if (!data.substr(end).starts_with(R"(",)")) return std::string_view::npos;
    field = data.substr(at + 1, end - at - 1);
    return end + 2;
  }
  field = {};
  return data.substr(at).starts_with(kNull) ? at + kNull.size() : std::string_view::npos;
}

std::optional<Text> BorrowRef(std::string_view ref) {
  if (ref.data() == nullptr) return std::nullopt;
  return Text::Borrow(ref);
}

// A frame without white space and, in its envelope, without escapes and numbers, which is what
// Phoenix sends. False if it is another or malformed.
bool DecodeAsPhoenixWrites(std::string_view data, Message& message) {
  std::array<std::string_view, 4> fields;  // join_ref, ref, topic, event
  std::size_t at = 1;
  if (!data.starts_with('[')) return false;
  for (std::string_view& field : fields) {
    at = ReadPlainField(data, at, field);
    if (at == std::string_view::npos) return false;
  }
  const auto payload = JsonScanner(data.substr(at)).ValueUpToLast(']');
  if (!payload.has_value() || fields[2].data() == nullptr || fields[3].data() == nullptr) {
    return false;
  }
  message.join_ref = BorrowRef(fields[0]);
  message.ref = BorrowRef(fields[1]);
  message.topic = Text::Borrow(fields[2]);
  message.event = Text::Borrow(fields[3]);
  message.payload = Payload::JsonText(Text::Borrow(*payload));
  return true;
}

// Any other frame, or what is wrong with it.
absl::StatusOr<Message> DecodeByField(std::string_view data) {
  JsonScanner scanner(data);
  Message message;
  if (!scanner.Consume('[')) {
    return Malformed(scanner, scanner.Peek() == '{'
                                  ? "an array, but this is an object: the server speaks V1"
                                  : "an array");
  }
  if (!ReadRef(scanner, message.join_ref)) return Malformed(scanner, "join_ref, a string or null");
  if (!scanner.Consume(',')) return Malformed(scanner, "',' after join_ref");
  if (!ReadRef(scanner, message.ref)) return Malformed(scanner, "ref, a string or null");
  if (!scanner.Consume(',')) return Malformed(scanner, "',' after ref");
  std::optional<Text> topic = scanner.String();
  if (!topic.has_value()) return Malformed(scanner, "topic, a string");
  if (!scanner.Consume(',')) return Malformed(scanner, "',' after topic");
  std::optional<Text> event = scanner.String();
  if (!event.has_value()) return Malformed(scanner, "event, a string");
  if (!scanner.Consume(',')) return Malformed(scanner, "',' after event");
  const std::optional<std::string_view> payload = scanner.ValueUpToLast(']');
  if (!payload.has_value()) return Malformed(scanner, "a payload and the closing ']'");
  message.topic = *std::move(topic);
  message.event = *std::move(event);
  message.payload = Payload::JsonText(Text::Borrow(*payload));
  return message;
}

absl::StatusOr<Message> DecodeText(std::string_view data) {
  // The one object that is returned: to move a message costs as much as to read one.
  absl::StatusOr<Message> message = Message();
  if (!DecodeAsPhoenixWrites(data, *message)) message = DecodeByField(data);
  return message;
}

void AppendRef(const std::optional<Text>& ref, std::string& out) {
  if (ref.has_value()) {
    AppendJsonString(*ref, out);
  } else {
    out.append("null");
  }
}

// Everything before the payload.
void AppendEnvelope(const Message& message, std::string& out) {
  out.push_back('[');
  AppendRef(message.join_ref, out);
  out.push_back(',');
  AppendRef(message.ref, out);
  out.push_back(',');
  AppendJsonString(message.topic, out);
  out.push_back(',');
  AppendJsonString(message.event, out);
  out.push_back(',');
}

bool IsPlain(std::string_view text) { return FindSpecial(text, 0) == text.size(); }

// Two words that may overlap: from the beginning of `text` and up to its end.
template <typename Word>
char* PutWords(std::string_view text, char* at) {
  std::memcpy(at, text.data(), sizeof(Word));
  std::memcpy(at + text.size() - sizeof(Word), text.data() + text.size() - sizeof(Word),
              sizeof(Word));
  return at + text.size();
}

// Most texts are so short that to call memcpy would cost more than to copy them.
char* Put(std::string_view text, char* at) {
  if (text.size() > 2 * sizeof(std::uint64_t)) return std::copy(text.begin(), text.end(), at);
  if (text.size() >= sizeof(std::uint64_t)) return PutWords<std::uint64_t>(text, at);
  if (text.size() >= sizeof(std::uint32_t)) return PutWords<std::uint32_t>(text, at);
  if (text.size() >= sizeof(std::uint16_t)) return PutWords<std::uint16_t>(text, at);
  if (!text.empty()) *at++ = text.front();
  return at;
}

char* PutField(std::string_view text, char* at) {
  *at++ = '"';
  at = Put(text, at);
  *at++ = '"';
  *at++ = ',';
  return at;
}

char* PutField(const std::optional<Text>& ref, char* at) {
  return ref.has_value() ? PutField(ref->view(), at) : Put("null,", at);
}

// The same where nothing is long or needs escapes, which is nearly always: put together on the
// stack, in two thirds of the time. False, with `out` as it was, where it is not so.
bool AppendPlainEnvelope(const Message& message, std::string& out) {
  constexpr std::size_t kMaxText = 100;
  constexpr std::size_t kFields = 4;
  constexpr std::string_view kMarks = R"("",)";
  const std::array<std::string_view, kFields> texts = {
      ViewOf(message.join_ref), ViewOf(message.ref), message.topic, message.event};
  for (const std::string_view text : texts) {
    if (text.size() > kMaxText || !IsPlain(text)) return false;
  }
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init): written before it is read
  std::array<char, 1 + (kFields * (kMaxText + kMarks.size()))> envelope;
  char* at = envelope.data();
  *at++ = '[';
  at = PutField(message.join_ref, at);
  at = PutField(message.ref, at);
  at = PutField(message.topic.view(), at);
  at = PutField(message.event.view(), at);
  out.append(envelope.data(), at);
  return true;
}

}  // namespace

absl::StatusOr<FrameType> JsonSerializerV2::Encode(const Message& message, std::string& out) const {
  if (message.payload.is_binary()) {
    if (absl::Status status = EncodeBinaryPush(message, out); !status.ok()) return status;
    return FrameType::kBinary;
  }
  if (absl::Status status = message.payload.status(); !status.ok()) return status;
  const std::size_t start = out.size();
  if (!AppendPlainEnvelope(message, out)) AppendEnvelope(message, out);
  out.append(message.payload.text());
  out.push_back(']');
  // One frame that is not UTF-8 would make the server close the whole connection (1007).
  if (!IsValidUtf8(std::string_view(out).substr(start))) {
    out.resize(start);
    return absl::InvalidArgumentError("message is not UTF-8; send raw bytes as a binary payload");
  }
  return FrameType::kText;
}

absl::StatusOr<Message> JsonSerializerV2::Decode(FrameView frame) const {
  return frame.type == FrameType::kBinary ? DecodeBinaryFrame(frame.data) : DecodeText(frame.data);
}

}  // namespace phx::wire
