#include "mockserver/json_string.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace phx::mock {
namespace {

bool NeedsEscape(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

void AppendEscaped(std::string& out, char c) {
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

void AppendJsonString(std::string& out, std::string_view characters) {
  out += '"';
  while (!characters.empty()) {
    const auto special = std::find_if(characters.begin(), characters.end(), NeedsEscape);
    const auto plain = static_cast<std::size_t>(special - characters.begin());
    out.append(characters.substr(0, plain));
    characters.remove_prefix(plain);
    if (characters.empty()) break;
    AppendEscaped(out, characters.front());
    characters.remove_prefix(1);
  }
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
