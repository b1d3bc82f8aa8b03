#include "client/wire/json_serializer_v2.h"

#include <algorithm>
#include <array>
#include <cstddef>
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
    const std::size_t begin = at + 1;
    const std::size_t end = FindSpecial(data, begin);
    const bool ends_here = end + 1 < data.size() && data[end] == '"' && data[end + 1] == ',';
    if (!ends_here) return std::string_view::npos;
    field = {data.data() + begin, end - begin};
    return end + 2;
  }
  field = {};
  return data.substr(at).starts_with(kNull) ? at + kNull.size() : std::string_view::npos;
}

std::optional<Text> BorrowRef(std::string_view ref) {
  if (ref.data() == nullptr) return std::nullopt;
  return Text::Borrow(ref);
}

// A frame without white space, without escapes and numbers in its envelope, and with an object for
// its payload, which is what Phoenix sends. False if it is another or malformed.
bool DecodeAsPhoenixWrites(std::string_view data, Message& message) {
  std::array<std::string_view, 4> fields;  // join_ref, ref, topic, event
  std::size_t at = 1;
  if (!data.starts_with('[')) return false;
  for (std::string_view& field : fields) {
    at = ReadPlainField(data, at, field);
    if (at == std::string_view::npos) return false;
  }
  if (!data.ends_with(']')) return false;
  const std::string_view payload(data.data() + at, data.size() - 1 - at);
  const bool is_object = payload.starts_with('{') && payload.ends_with('}');
  if (!is_object || fields[2].data() == nullptr || fields[3].data() == nullptr) return false;
  message.join_ref = BorrowRef(fields[0]);
  message.ref = BorrowRef(fields[1]);
  message.topic = Text::Borrow(fields[2]);
  message.event = Text::Borrow(fields[3]);
  message.payload = Payload::JsonText(Text::Borrow(payload));
  message.status.reset();
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

void AppendRef(const std::optional<Text>& ref, std::string& out) {
  if (ref.has_value()) {
    AppendJsonString(*ref, out);
  } else {
    out.append("null");
  }
}

void AppendFrame(const Message& message, std::string& out) {
  out.push_back('[');
  AppendRef(message.join_ref, out);
  out.push_back(',');
  AppendRef(message.ref, out);
  out.push_back(',');
  AppendJsonString(message.topic, out);
  out.push_back(',');
  AppendJsonString(message.event, out);
  out.push_back(',');
  out.append(message.payload.text());
  out.push_back(']');
}

// Writes an envelope to where there is room for it, with commas for its quotes: what stands between
// them is looked at all at once, and they are put in when nothing there has to be escaped.
class PlainWriter {
 public:
  // As many bytes behind the envelope are written to, too.
  static constexpr std::size_t kPadding = 16;

  explicit PlainWriter(char* begin) : begin_(begin), at_(begin) { *at_++ = '['; }

  // `text` in quotes, and a comma.
  void PutField(std::string_view text) {
    PutQuote();
    Put(text);
    PutQuote();
    *at_++ = ',';
  }
  void PutField(const std::optional<Text>& ref) {
    ref.has_value() ? PutField(ref->view()) : Put("null,");
  }

  // False if something has to be escaped. Otherwise the envelope stands there.
  bool Finish() {
    std::memset(at_, ' ', kPadding);  // so that there is no odd end to look at
    const auto size = static_cast<std::size_t>(at_ - begin_);
    const std::string_view padded(begin_, (size + kPadding - 1) / kPadding * kPadding);
    if (FindSpecial(padded, 0) != padded.size()) return false;
    for (std::size_t i = 0; i < quote_count_; ++i) *quotes_[i] = '"';
    return true;
  }

  char* end() const { return at_; }

 private:
  void PutQuote() {
    quotes_[quote_count_++] = at_;
    *at_++ = ',';
  }
  void Put(std::string_view text) { at_ = std::copy(text.begin(), text.end(), at_); }

  char* begin_;
  char* at_;
  std::array<char*, 8> quotes_{};
  std::size_t quote_count_ = 0;
};

// The whole frame where nothing in the envelope needs escapes, which is nearly always. False, with
// `out` as it was, where it is not so.
bool AppendPlainFrame(const Message& message, std::string& out) {
  constexpr std::size_t kMarks = 24;  // those around and between four fields, or their nulls
  const std::string_view payload = message.payload.text();
  const std::size_t start = out.size();
  out.resize(start + kMarks + ViewOf(message.join_ref).size() + ViewOf(message.ref).size() +
             message.topic.size() + message.event.size() +
             std::max(payload.size(), PlainWriter::kPadding));
  PlainWriter writer(out.data() + start);
  writer.PutField(message.join_ref);
  writer.PutField(message.ref);
  writer.PutField(message.topic.view());
  writer.PutField(message.event.view());
  if (!writer.Finish()) {
    out.resize(start);
    return false;
  }
  char* const end = std::copy(payload.begin(), payload.end(), writer.end());
  *end = ']';
  out.resize(static_cast<std::size_t>(end + 1 - out.data()));
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
  if (!AppendPlainFrame(message, out)) AppendFrame(message, out);
  // One frame that is not UTF-8 would make the server close the whole connection (1007).
  if (!IsValidUtf8(std::string_view(out).substr(start))) {
    out.resize(start);
    return absl::InvalidArgumentError("message is not UTF-8; send raw bytes as a binary payload");
  }
  return FrameType::kText;
}

absl::StatusOr<Message> JsonSerializerV2::Decode(FrameView frame) const {
  absl::StatusOr<Message> message{Message{}};
  if (absl::Status status = DecodeTo(frame, *message); !status.ok()) return status;
  return message;
}

absl::Status JsonSerializerV2::DecodeTo(FrameView frame, Message& message) const {
  const bool is_text = frame.type == FrameType::kText;
  if (is_text && DecodeAsPhoenixWrites(frame.data, message)) return absl::OkStatus();
  absl::StatusOr<Message> decoded =
      is_text ? DecodeByField(frame.data) : DecodeBinaryFrame(frame.data);
  if (!decoded.ok()) return decoded.status();
  message = *std::move(decoded);
  return absl::OkStatus();
}

}  // namespace phx::wire
