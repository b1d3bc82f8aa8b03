#include "client/wire/utf8.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "simdjson.h"

namespace phx::wire {
namespace {

constexpr std::uint64_t kHighBits = 0x8080808080808080u;

// Short texts are mostly ASCII; finding that out costs less than the call of simdjson.
constexpr std::size_t kShort = 256;

bool IsAscii(std::string_view bytes) {
  std::uint64_t seen = 0;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    seen |= word;
  }
  std::uint64_t last = 0;
  std::memcpy(&last, bytes.data() + i, bytes.size() - i);
  return ((seen | last) & kHighBits) == 0;
}

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0u) == 0x80u; }

}  // namespace

bool IsValidUtf8(std::string_view bytes) {
  if (bytes.empty()) return true;
  if (bytes.size() <= kShort && IsAscii(bytes)) return true;
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::string_view TruncateUtf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && IsContinuation(text[max_bytes])) --max_bytes;
  return text.substr(0, max_bytes);
}

}  // namespace phx::wire
