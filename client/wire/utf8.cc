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

std::uint64_t WordAt(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

bool IsAscii(std::string_view bytes) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  std::uint64_t seen = 0;
  if (bytes.size() < kWord) {
    std::memcpy(&seen, bytes.data(), bytes.size());
    return (seen & kHighBits) == 0;
  }
  const char* at = bytes.data();
  const char* const last = at + bytes.size() - kWord;  // what the steps leave, and perhaps more
  for (; at + 3 * kWord <= last; at += 4 * kWord) {
    seen |= WordAt(at) | WordAt(at + kWord) | WordAt(at + 2 * kWord) | WordAt(at + 3 * kWord);
  }
  for (; at < last; at += kWord) seen |= WordAt(at);
  return ((seen | WordAt(last)) & kHighBits) == 0;
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
