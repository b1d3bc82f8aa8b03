#include "client/wire/json_serializer_v2.h"

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
    const bool ends_here = end + 1 < data.size() && data[end] == '"' && data[end + 1] == ',';
    if (!ends_here) return std::string_view::npos;
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
  // The one object that is returned: to move a message costs as much as to read one. Made from a
  // message, because made in place it would be cleared as a whole first, which costs more than
  // that.
  absl::StatusOr<Message> message{Message{}};
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

// Writes short strings to where there is room for them, and notices on the way whether they stand
// for themselves in JSON: what is copied word by word can be looked at word by word.
class PlainWriter {
 public:
  explicit PlainWriter(char* at) : at_(at) {}

  void PutMark(char mark) { *at_++ = mark; }

  // `text` in quotes, and a comma.
  void PutField(std::string_view text) {
    PutMark('"');
    Put(text);
    PutMark('"');
    PutMark(',');
  }
  void PutField(const std::optional<Text>& ref) {
    ref.has_value() ? PutField(ref->view()) : Put("null,");
  }

  char* at() const { return at_; }
  bool is_plain() const { return special_ == 0; }

 private:
  static constexpr std::size_t kWord = sizeof(std::uint64_t);

  void Put(std::string_view text) {
    if (text.size() >= kWord) {
      const std::size_t last = text.size() - kWord;  // the last word may overlap the one before
      for (std::size_t i = 0; i < last; i += kWord) PutWord(text, i);
      PutWord(text, last);
    } else if (text.size() >= sizeof(std::uint32_t)) {
      PutEnds<std::uint32_t>(text);
    } else if (text.size() >= sizeof(std::uint16_t)) {
      PutEnds<std::uint16_t>(text);
    } else if (!text.empty()) {
      PutEnds<std::uint8_t>(text);
    }
    at_ += text.size();
  }

  void PutWord(std::string_view text, std::size_t i) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + i, sizeof(word));
    special_ |= MarkSpecial(word);
    std::memcpy(at_ + i, &word, sizeof(word));
  }

  // A text of at most two `Half`s, which may overlap.
  template <typename Half>
  void PutEnds(std::string_view text) {
    constexpr std::uint64_t kBlanks = 0x2020202020202020U;  // stand for themselves
    constexpr unsigned kBits = 8 * sizeof(Half);
    const std::size_t last = text.size() - sizeof(Half);
    Half head = 0;
    Half tail = 0;
    std::memcpy(&head, text.data(), sizeof(head));
    std::memcpy(&tail, text.data() + last, sizeof(tail));
    std::uint64_t word = head | std::uint64_t{tail} << kBits;
    if constexpr (2 * kBits < 64) word |= kBlanks << (2 * kBits);
    special_ |= MarkSpecial(word);
    std::memcpy(at_, &head, sizeof(head));
    std::memcpy(at_ + last, &tail, sizeof(tail));
  }

  char* at_;
  std::uint64_t special_ = 0;
};

// AppendEnvelope() where nothing needs escapes, which is nearly always. False, with `out` as it
// was, where it is not so.
bool AppendPlainEnvelope(const Message& message, std::string& out) {
  constexpr std::size_t kMarks = 24;  // those around and between four fields, or their nulls
  const std::size_t start = out.size();
  out.resize(start + kMarks + ViewOf(message.join_ref).size() + ViewOf(message.ref).size() +
             message.topic.size() + message.event.size());
  PlainWriter writer(out.data() + start);
  writer.PutMark('[');
  writer.PutField(message.join_ref);
  writer.PutField(message.ref);
  writer.PutField(message.topic.view());
  writer.PutField(message.event.view());
  out.resize(writer.is_plain() ? static_cast<std::size_t>(writer.at() - out.data()) : start);
  return writer.is_plain();
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
