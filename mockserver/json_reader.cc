#include "mockserver/json_reader.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "client/wire/json_string.h"

namespace phx::mock {
namespace {

// The first character in [cursor, end) that does not stand for itself inside a string, or `end`.
const char* FindSpecial(const char* cursor, const char* end) {
  return cursor + wire::FindSpecial({cursor, static_cast<std::size_t>(end - cursor)}, 0);
}

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether a number with fraction or exponent is too large for a double.
bool Overflows(std::string_view number) {
  double value = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  // The same error code stands for too large and too small; only the first has a large exponent.
  if (error != std::errc::result_out_of_range) return false;
  const std::string text(number);
  return std::isinf(std::strtod(text.c_str(), nullptr));
}

// A number shorter than this, whose exponent has at most two digits, fits in a double.
constexpr std::size_t kSurelyFits = 200;

}  // namespace

bool JsonReader::AtEnd() {
  SkipSpace();
  return cursor_ == end_;
}

bool JsonReader::ReadValue(JsonValue& value) {
  SkipSpace();
  if (cursor_ == end_) return false;
  const char* begin = cursor_;
  value.plain = true;
  bool ok = false;
  switch (*cursor_) {
    case '"':
      value.kind = JsonValue::Kind::kString;
      ok = SkipString(value.plain);
      break;
    case '{':
      value.kind = JsonValue::Kind::kObject;
      ok = SkipContainer(value.plain);
      break;
    case '[':
      value.kind = JsonValue::Kind::kArray;
      ok = SkipContainer(value.plain);
      break;
    case 'n':
      value.kind = JsonValue::Kind::kNull;
      ok = SkipLiteral("null");
      break;
    case 't':
      value.kind = JsonValue::Kind::kBool;
      ok = SkipLiteral("true");
      break;
    case 'f':
      value.kind = JsonValue::Kind::kBool;
      ok = SkipLiteral("false");
      break;
    default:
      value.kind = JsonValue::Kind::kNumber;
      ok = SkipNumber(value.plain);
      break;
  }
  value.text = std::string_view(begin, static_cast<std::size_t>(cursor_ - begin));
  return ok;
}

bool JsonReader::SkipLiteral(std::string_view literal) {
  if (!std::string_view(cursor_, static_cast<std::size_t>(end_ - cursor_)).starts_with(literal)) {
    return false;
  }
  cursor_ += literal.size();
  return true;
}

bool JsonReader::SkipString(bool& plain) {
  ++cursor_;  // the quote
  for (;;) {
    cursor_ = FindSpecial(cursor_, end_);
    if (cursor_ == end_) return false;
    if (*cursor_ == '"') {
      ++cursor_;
      return true;
    }
    if (*cursor_ != '\\') return false;  // a control character
    plain = false;
    if (!SkipEscape()) return false;
  }
}

bool JsonReader::SkipEscape() {
  ++cursor_;  // the backslash
  if (cursor_ == end_) return false;
  const char kind = *cursor_++;
  if (kind != 'u') return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
  std::uint32_t code = 0;
  if (!ReadHexDigits(code)) return false;
  if (code < 0xD800 || code > 0xDFFF) return true;
  if (code > 0xDBFF || end_ - cursor_ < 2 || cursor_[0] != '\\' || cursor_[1] != 'u') return false;
  cursor_ += 2;
  return ReadHexDigits(code) && code >= 0xDC00 && code <= 0xDFFF;
}

bool JsonReader::ReadHexDigits(std::uint32_t& code) {
  if (end_ - cursor_ < 4) return false;
  const auto [stop, error] = std::from_chars(cursor_, cursor_ + 4, code, 16);
  if (error != std::errc() || stop != cursor_ + 4) return false;
  cursor_ += 4;
  return true;
}

bool JsonReader::SkipDigits() {
  const char* begin = cursor_;
  while (cursor_ != end_ && IsDigit(*cursor_)) ++cursor_;
  return cursor_ != begin;
}

bool JsonReader::SkipNumber(bool& plain) {
  const char* begin = cursor_;
  const bool negative = *cursor_ == '-';
  if (negative) ++cursor_;
  const char* digits = cursor_;
  if (!SkipDigits()) return false;
  const bool leading_zero = *digits == '0';
  if (leading_zero && cursor_ - digits > 1) return false;
  const char* integer_end = cursor_;
  bool long_exponent = false;
  if (cursor_ != end_ && *cursor_ == '.') {
    ++cursor_;
    if (!SkipDigits()) return false;
  }
  if (cursor_ != end_ && (*cursor_ == 'e' || *cursor_ == 'E')) {
    ++cursor_;
    if (cursor_ != end_ && (*cursor_ == '+' || *cursor_ == '-')) ++cursor_;
    const char* exponent = cursor_;
    if (!SkipDigits()) return false;
    long_exponent = cursor_ - exponent > 2;
  }
  if (cursor_ == integer_end) {
    if (negative && leading_zero) plain = false;  // -0
    return true;                                  // an integer may have any size
  }
  const auto size = static_cast<std::size_t>(cursor_ - begin);
  return (size < kSurelyFits && !long_exponent) || !Overflows({begin, size});
}

bool JsonReader::in_object() const {
  return depth_ <= kTrackedLevels ? levels_[depth_ - 1].is_object : deep_levels_.back();
}

void JsonReader::OpenLevel(bool is_object) {
  if (depth_ < kTrackedLevels) {
    levels_[depth_] = {is_object, static_cast<std::uint8_t>(key_count_), 0};
  } else {
    deep_levels_.push_back(is_object);
    was_too_deep_ = was_too_deep_ || depth_ == kMaxDepth;
  }
  ++depth_;
}

bool JsonReader::SkipContainer(bool& plain) {
  depth_ = 0;
  key_count_ = 0;
  OpenLevel(*cursor_++ == '{');
  bool first = true;  // nothing stands yet behind the bracket that opened this level
  while (depth_ != 0) {
    const bool is_object = in_object();
    if (Consume(is_object ? '}' : ']')) {
      if (depth_ <= kTrackedLevels) {
        key_count_ = levels_[depth_ - 1].first_key;
      } else {
        deep_levels_.pop_back();
      }
      --depth_;
      first = false;
      continue;
    }
    if (!first && !Consume(',')) return false;
    bool opened = false;
    if (is_object && !SkipKey(plain)) return false;
    if (!SkipMember(plain, opened)) return false;
    first = opened;
  }
  return true;
}

bool JsonReader::SkipMember(bool& plain, bool& opened) {
  SkipSpace();
  if (cursor_ == end_) return false;
  switch (*cursor_) {
    case '{':
    case '[':
      OpenLevel(*cursor_++ == '{');
      opened = true;
      return true;
    case '"': {
      bool string_is_plain = true;  // escapes inside of a payload mean the same when given back
      return SkipString(string_is_plain);
    }
    case 'n': return SkipLiteral("null");
    case 't': return SkipLiteral("true");
    case 'f': return SkipLiteral("false");
    default: return SkipNumber(plain);
  }
}

bool JsonReader::SkipKey(bool& plain) {
  SkipSpace();
  if (cursor_ == end_ || *cursor_ != '"') return false;
  const char* begin = cursor_ + 1;
  bool key_is_plain = true;
  if (!SkipString(key_is_plain)) return false;
  const std::string_view key(begin, static_cast<std::size_t>(cursor_ - 1 - begin));
  if (!key_is_plain || !IsNewKey(key)) plain = false;
  return Consume(':');
}

// False also if that is not certain.
bool JsonReader::IsNewKey(std::string_view key) {
  if (depth_ > kTrackedLevels || key_count_ == kTrackedKeys) return false;
  Level& level = levels_[depth_ - 1];
  const auto mix = key.empty() ? 0u
                               : static_cast<unsigned>(key.size() * 7) ^
                                     static_cast<unsigned char>(key.front()) ^
                                     (static_cast<unsigned char>(key.back()) * 5u);
  const std::uint64_t bit = std::uint64_t{1} << (mix & 63);
  if ((level.filter & bit) != 0) {
    for (std::size_t i = level.first_key; i != key_count_; ++i) {
      if (std::string_view(keys_[i].data, keys_[i].size) == key) return false;
    }
  }
  level.filter |= bit;
  keys_[key_count_++] = {key.data(), key.size()};
  return true;
}

}  // namespace phx::mock
