#include "mockserver/json_string.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace phx::mock {
namespace {

void AppendUtf8(std::string& out, std::uint32_t code) {
  const auto continuation = [&](int shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += continuation(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += continuation(6);
    out += continuation(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += continuation(12);
    out += continuation(6);
    out += continuation(0);
  }
}

std::uint32_t HexDigits(std::string_view digits) {
  std::uint32_t code = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
  return code;
}

// Reads what follows a backslash at the beginning of `rest`; returns how long it is.
std::size_t AppendUnescaped(std::string& out, std::string_view rest) {
  switch (rest.front()) {
    case 'b': out += '\b'; return 1;
    case 'f': out += '\f'; return 1;
    case 'n': out += '\n'; return 1;
    case 'r': out += '\r'; return 1;
    case 't': out += '\t'; return 1;
    case 'u': break;
    default: out += rest.front(); return 1;
  }
  const std::uint32_t code = HexDigits(rest.substr(1, 4));
  if (code < 0xD800 || code > 0xDFFF) {
    AppendUtf8(out, code);
    return 5;
  }
  const std::uint32_t low = HexDigits(rest.substr(7, 4));  // uD83D\uDE00
  AppendUtf8(out, 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00));
  return 11;
}

}  // namespace

void AppendEscapedCharacter(std::string& out, char c) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  out += "\\u00";
  out += kHex[byte >> 4];
  out += kHex[byte & 0xF];
}

void AppendJsonString(std::string& out, std::string_view characters) {
  out += '"';
  std::size_t begin = 0;  // of what was not appended yet
  for (std::size_t i = 0; i != characters.size(); ++i) {
    if (!NeedsEscape(characters[i])) continue;
    out.append(characters.substr(begin, i - begin));
    AppendEscapedCharacter(out, characters[i]);
    begin = i + 1;
  }
  out.append(characters.substr(begin));
  out += '"';
}

std::string UnescapeJsonString(std::string_view inner) {
  std::string out;
  out.reserve(inner.size());
  while (!inner.empty()) {
    const std::size_t plain = std::min(inner.find('\\'), inner.size());
    out.append(inner.substr(0, plain));
    inner.remove_prefix(plain);
    if (inner.empty()) break;
    inner.remove_prefix(1);
    inner.remove_prefix(AppendUnescaped(out, inner));
  }
  return out;
}

}  // namespace phx::mock
