#include "loadgen/terminal_text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "client/wire/utf8.h"

namespace phx::loadgen {
namespace {

using Range = std::pair<char32_t, char32_t>;  // both included

// The blocks of Unicode whose characters are wide, roughly: UAX #11 lists single ones.
constexpr std::array<Range, 11> kWide = {{{0x1100, 0x115F},
                                          {0x2E80, 0x303E},
                                          {0x3041, 0xA4CF},
                                          {0xA960, 0xA97F},
                                          {0xAC00, 0xD7A3},
                                          {0xF900, 0xFAFF},
                                          {0xFE30, 0xFE6F},
                                          {0xFF00, 0xFF60},
                                          {0xFFE0, 0xFFE6},
                                          {0x1F300, 0x1FAFF},
                                          {0x20000, 0x3FFFD}}};

struct Character {
  std::string_view bytes;
  char32_t code = 0;
};

// How many bytes a character has that begins with this one.
std::size_t SizeBehind(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xE0) return 2;
  return first < 0xF0 ? 3 : 4;
}

// The first character of `text`, or the first byte, if that begins none, as '?'.
Character FirstOf(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::string_view bytes = text.substr(0, SizeBehind(first));
  if (!wire::IsValidUtf8(bytes)) return {.bytes = text.substr(0, 1), .code = 0xFFFD};
  if (bytes.size() == 1) return {.bytes = bytes, .code = first};
  char32_t code = first & (0x7FU >> bytes.size());
  for (const char byte : bytes.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(byte) & 0x3FU);
  }
  return {.bytes = bytes, .code = code};
}

// C0, DEL and C1, and what stands for a byte that is no character.
bool IsUnprintable(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFFFD;
}

std::size_t WidthOf(char32_t code) {
  const bool is_wide = std::any_of(kWide.begin(), kWide.end(), [code](const Range& range) {
    return code >= range.first && code <= range.second;
  });
  return is_wide ? 2 : 1;
}

// As much of `text` as has room.
std::string_view Prefix(std::string_view text, std::size_t columns) {
  std::size_t size = 0;
  std::size_t used = 0;
  while (size < text.size()) {
    const Character character = FirstOf(text.substr(size));
    used += WidthOf(character.code);
    if (used > columns) break;
    size += character.bytes.size();
  }
  return text.substr(0, size);
}

}  // namespace

std::size_t ColumnsOf(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = FirstOf(text);
    columns += WidthOf(character.code);
    text.remove_prefix(character.bytes.size());
  }
  return columns;
}

std::string Printable(std::string_view text) {
  std::string printable;
  while (!text.empty()) {
    const Character character = FirstOf(text);
    printable += IsUnprintable(character.code) ? std::string_view("?") : character.bytes;
    text.remove_prefix(character.bytes.size());
  }
  return printable;
}

std::string FitColumns(std::string_view text, std::size_t columns) {
  std::string printable = Printable(text);
  if (ColumnsOf(printable) <= columns) return printable;
  if (columns == 0) return "";
  return std::string(Prefix(printable, columns - 1)) + "…";
}

}  // namespace phx::loadgen
