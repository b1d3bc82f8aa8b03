#include "client/wire/reply.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/json_scanner.h"

namespace phx::wire {
namespace {

// Whether `text`, which stands between a key and a later member of a valid object, is that key's
// value alone and not followed by further members.
bool IsOneValue(std::string_view text) {
  if (text.empty()) return false;
  // What is not nested, as most responses are, ends at its first closing bracket.
  const char closing = text.front() == '{' ? '}' : ']';
  const bool is_container = text.front() == '{' || text.front() == '[';
  if (is_container && text.find(closing) == text.size() - 1) return true;
  JsonScanner scanner(text);
  const std::optional<std::string_view> value = scanner.Value();
  return value.has_value() && value->size() == text.size();
}

bool EndsWord(char c) { return c == '"' || c == '\\'; }

// Phoenix writes every reply as {"response":…,"status":"…"}. The status is then found from the end:
// a valid object that ends in `,"status":"word"}` with no quote or backslash in `word` has that as
// its last member, since the quotes of a string that merely contained these characters would be
// escaped. False for any other text.
bool ParseAsPhoenixWrites(std::string_view text, Reply& reply) {
  constexpr std::string_view kPrefix = R"({"response":)";
  constexpr std::string_view kStatus = R"(,"status":")";
  constexpr std::string_view kEnd = R"("})";
  if (!text.starts_with(kPrefix) || !text.ends_with(kEnd)) return false;
  const std::size_t status_end = text.size() - kEnd.size();
  std::size_t status_begin = status_end;
  while (!EndsWord(text[status_begin - 1])) --status_begin;  // the prefix has quotes
  if (status_begin < kPrefix.size() + kStatus.size()) return false;
  const std::size_t response_end = status_begin - kStatus.size();
  if (text.substr(response_end, kStatus.size()) != kStatus) return false;
  const std::string_view response = text.substr(kPrefix.size(), response_end - kPrefix.size());
  if (!IsOneValue(response)) return false;
  reply.status = Text::Borrow(text.substr(status_begin, status_end - status_begin));
  reply.response = Payload::JsonText(Text::Borrow(response));
  return true;
}

absl::Status NotAReply() {
  return absl::DataLossError(
      R"(phx_reply: the payload is not an object of the form {"status":"…","response":…})");
}

// Any other order of keys, white space, further keys. Of a key that comes twice the last counts.
absl::StatusOr<Reply> ParseByMember(std::string_view text) {
  JsonScanner scanner(text);
  std::string_view status;
  std::string_view response = "{}";
  if (!scanner.Consume('{')) return NotAReply();
  do {
    const std::optional<Text> key = scanner.String();
    if (!key.has_value() || !scanner.Consume(':')) return NotAReply();
    const std::optional<std::string_view> value = scanner.Value();
    if (!value.has_value()) return NotAReply();
    if (*key == "status") status = *value;
    if (*key == "response") response = *value;
  } while (scanner.Consume(','));
  if (!scanner.Consume('}') || !scanner.AtEnd()) return NotAReply();
  std::optional<Text> status_text = JsonScanner(status).String();
  if (!status_text.has_value()) return NotAReply();
  return Reply{.status = *std::move(status_text),
               .response = Payload::JsonText(Text::Borrow(response))};
}

absl::StatusOr<Reply> ParseJson(std::string_view text) {
  absl::StatusOr<Reply> reply{Reply{}};  // the one object that is returned, and never moved
  if (!ParseAsPhoenixWrites(text, *reply)) reply = ParseByMember(text);
  return reply;
}

}  // namespace

absl::StatusOr<Reply> ParseReply(const Message& message) {
  if (message.status.has_value()) {
    return Reply{.status = Text::Borrow(*message.status),
                 .response = Payload::Borrow(message.payload)};
  }
  return ParseJson(message.payload.text());
}

}  // namespace phx::wire
