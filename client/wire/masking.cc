#include "client/wire/masking.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace phx::wire {
namespace {

// The key twice, turned so that its first byte belongs to a byte at `offset`. Eight is a multiple
// of four: the same word fits every following step.
std::uint64_t TurnedTwice(MaskingKey key, std::size_t offset) {
  std::array<std::uint8_t, 16> repeated{};
  for (std::size_t i = 0; i < repeated.size(); i += key.size()) {
    std::memcpy(repeated.data() + i, key.data(), key.size());
  }
  std::uint64_t mask = 0;
  std::memcpy(&mask, repeated.data() + offset % key.size(), sizeof(mask));
  return mask;
}

// A whole number of words that the compiler makes one operation of.
void MaskBlock(char* to, const char* from, std::uint64_t mask) {
  std::array<std::uint64_t, 4> words{};
  std::memcpy(words.data(), from, sizeof(words));
  for (std::uint64_t& word : words) word ^= mask;
  std::memcpy(to, words.data(), sizeof(words));
}

void MaskWord(char* to, const char* from, std::uint64_t mask) {
  std::uint64_t word = 0;
  std::memcpy(&word, from, sizeof(word));
  word ^= mask;
  std::memcpy(to, &word, sizeof(word));
}

}  // namespace

void ApplyMask(char* to, const char* from, std::size_t size, MaskingKey key, std::size_t offset) {
  const std::uint64_t mask = TurnedTwice(key, offset);
  std::size_t i = 0;
  for (; i + 32 <= size; i += 32) MaskBlock(to + i, from + i, mask);
  for (; i + 8 <= size; i += 8) MaskWord(to + i, from + i, mask);
  if (i == size) return;
  // The rest, over a word of its own.
  std::array<char, 8> rest{};
  std::memcpy(rest.data(), from + i, size - i);
  MaskWord(rest.data(), rest.data(), mask);
  std::memcpy(to + i, rest.data(), size - i);
}

}  // namespace phx::wire
