#include "client/wire/json_scanner.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/json_string.h"
#include "client/wire/text.h"
#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

bool EndsScalar(char c) {
  switch (c) {
    case ',':
    case ':':
    case ']':
    case '}':
    case ' ':
    case '\n':
    case '\r':
    case '\t': return true;
    default: return false;
  }
}

// The closing quote of the string whose opening one is at `quote`; npos if there is none, or a
// control character before it.
std::size_t FindClosingQuote(std::string_view text, std::size_t quote) {
  std::size_t i = FindSpecial(text, quote + 1);
  while (i < text.size() && text[i] == '\\') i = FindSpecial(text, i + 2);
  return i < text.size() && text[i] == '"' ? i : std::string_view::npos;
}

// The string that `quoted` stands for; nullopt if its escapes are malformed.
std::optional<Text> Unescaped(std::string_view quoted) {
  constexpr bool kAllowExceptions = false;
  const nlohmann::json value = nlohmann::json::parse(quoted, nullptr, kAllowExceptions);
  if (!value.is_string()) return std::nullopt;
  return Text(value.get_ref<const std::string&>());
}

// `scalar` begins as a number does.
bool IsNumber(std::string_view scalar) {
  // nlohmann takes a zero byte for the end of its input.
  return scalar.find('\0') == std::string_view::npos && nlohmann::json::accept(scalar);
}

// The bracket that a value starting with `first` must end with; '\0' if any character will do.
char ClosingOf(char first) {
  switch (first) {
    case '{': return '}';
    case '[': return ']';
    case '"': return '"';
    default: return '\0';
  }
}

}  // namespace

std::optional<Text> JsonScanner::String() {
  if (Peek() != '"') return std::nullopt;
  const std::size_t closing = FindClosingQuote(text_, position_);
  if (closing == std::string_view::npos) return std::nullopt;
  const std::string_view quoted = text_.substr(position_, closing + 1 - position_);
  const std::string_view plain = quoted.substr(1, quoted.size() - 2);
  std::optional<Text> text =
      plain.find('\\') == std::string_view::npos ? Text::Borrow(plain) : Unescaped(quoted);
  if (text.has_value()) position_ = closing + 1;
  return text;
}

std::optional<Text> JsonScanner::StringOrNumber() {
  const char first = Peek();
  if (first == '"') return String();
  if (first != '-' && (first < '0' || first > '9')) return std::nullopt;
  const std::size_t end = EndOfScalar();
  const std::string_view number = text_.substr(position_, end - position_);
  if (!IsNumber(number)) return std::nullopt;
  position_ = end;
  return Text::Borrow(number);
}

std::size_t JsonScanner::EndOfContainer() const {
  std::size_t depth = 0;
  for (std::size_t i = position_; i < text_.size(); ++i) {
    switch (text_[i]) {
      case '"':
        i = FindClosingQuote(text_, i);
        if (i == std::string_view::npos) return i;
        break;
      case '{':
      case '[': ++depth; break;
      case '}':
      case ']':
        if (--depth == 0) return i + 1;
        break;
      default: break;
    }
  }
  return std::string_view::npos;
}

std::size_t JsonScanner::EndOfScalar() const {
  std::size_t end = position_;
  while (end < text_.size() && !EndsScalar(text_[end])) ++end;
  return end == position_ ? std::string_view::npos : end;
}

std::size_t JsonScanner::EndOfValue() const {
  if (position_ == text_.size()) return std::string_view::npos;
  switch (text_[position_]) {
    case '{':
    case '[': return EndOfContainer();
    case '"': {
      const std::size_t closing = FindClosingQuote(text_, position_);
      return closing == std::string_view::npos ? closing : closing + 1;
    }
    default: return EndOfScalar();
  }
}

std::optional<std::string_view> JsonScanner::Value() {
  SkipSpace();
  const std::size_t end = EndOfValue();
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text_.substr(position_, end - position_);
  position_ = end;
  return value;
}

std::optional<std::string_view> JsonScanner::ValueUpToLast(char closing) {
  SkipSpace();
  std::size_t end = text_.size();
  while (end > position_ && IsSpace(text_[end - 1])) --end;
  if (end <= position_ || text_[end - 1] != closing) return std::nullopt;
  const std::size_t closing_at = --end;
  while (end > position_ && IsSpace(text_[end - 1])) --end;
  const std::string_view value = text_.substr(position_, end - position_);
  if (value.empty()) return std::nullopt;
  const char value_closing = ClosingOf(value.front());
  if (value_closing != '\0' && (value.size() < 2 || value.back() != value_closing)) {
    return std::nullopt;
  }
  position_ = closing_at;
  return value;
}

}  // namespace phx::wire
