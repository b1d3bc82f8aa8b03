// What stands between the quotes of a JSON string (RFC 8259 7).
#ifndef PHX_CLIENT_WIRE_JSON_STRING_H_
#define PHX_CLIENT_WIRE_JSON_STRING_H_

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace phx::wire {

// Appends `text` to `out` as a JSON string, with quotes and escapes.
void AppendJsonString(std::string_view text, std::string& out);

// Marks the bytes of `word` that do not stand for themselves inside a JSON string: quotes,
// backslashes and control characters. Zero if there is none. Of little-endian bytes the lowest bit
// that is set belongs to the first such byte; beyond it there may be wrong marks.
inline std::uint64_t MarkSpecial(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr auto kMarkZero = [](std::uint64_t bytes) {
    return (bytes - kOnes) & ~bytes & (kOnes * 0x80U);
  };
  return kMarkZero(word ^ (kOnes * '"')) | kMarkZero(word ^ (kOnes * '\\')) |
         kMarkZero(word & (kOnes * 0xE0U));
}

#if defined(__SSE2__)
// The same of the sixteen bytes at `at`, a bit for each of them, with no wrong marks.
inline unsigned MarkSpecialOfSixteen(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
  const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
  const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
  const __m128i special = _mm_or_si128(_mm_or_si128(quotes, backslashes), controls);
  return static_cast<unsigned>(_mm_movemask_epi8(special));
}
#endif

// The first character at or after `from` that does not stand for itself inside a JSON string: a
// quote, a backslash or a control character. `text.size()` if there is none, also if `from` is past
// the end.
//
// Here, and not in the .cc file, because each of a message's short strings is looked at once: a
// call costs as much as the search.
inline std::size_t FindSpecial(std::string_view text, std::size_t from) {
#if defined(__SSE2__)
  constexpr std::size_t kSixteen = 16;
  for (; from + kSixteen <= text.size(); from += kSixteen) {
    const unsigned special = MarkSpecialOfSixteen(text.data() + from);
    if (special != 0) return from + static_cast<std::size_t>(std::countr_zero(special));
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    for (std::uint64_t word = 0; from + sizeof(word) <= text.size(); from += sizeof(word)) {
      std::memcpy(&word, text.data() + from, sizeof(word));
      const std::uint64_t special = MarkSpecial(word);
      if (special != 0) return from + static_cast<std::size_t>(std::countr_zero(special)) / 8;
    }
  }
  for (; from < text.size(); ++from) {
    const char c = text[from];
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) return from;
  }
  return text.size();
}

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_JSON_STRING_H_
