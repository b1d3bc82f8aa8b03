#include "tools/fuzz/mutator.h"

#include <utility>

namespace phx::fuzz {

Mutator::Mutator(std::vector<std::string> corpus, std::uint32_t seed)
    : corpus_(std::move(corpus)), random_(seed) {
  if (corpus_.empty()) corpus_.emplace_back();
}

std::string Mutator::Next() {
  std::string input = Pick();
  for (std::size_t changes = 1 + Below(4); changes > 0; --changes) {
    switch (Below(5)) {
      case 0: ReplaceByte(input); break;
      case 1: FlipBit(input); break;
      case 2: RemovePiece(input); break;
      case 3: DoublePiece(input); break;
      default: Splice(input); break;
    }
  }
  return input;
}

std::size_t Mutator::Below(std::size_t bound) { return random_() % bound; }

const std::string& Mutator::Pick() { return corpus_[Below(corpus_.size())]; }

// On an empty input this adds a byte: so something comes from an empty corpus too.
void Mutator::ReplaceByte(std::string& input) {
  const char byte = static_cast<char>(Below(256));
  if (input.empty()) {
    input.push_back(byte);
  } else {
    input[Below(input.size())] = byte;
  }
}

void Mutator::FlipBit(std::string& input) {
  if (input.empty()) return;
  char& byte = input[Below(input.size())];
  byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << Below(8)));
}

void Mutator::RemovePiece(std::string& input) {
  if (input.empty()) return;
  const std::size_t begin = Below(input.size());
  input.erase(begin, 1 + Below(input.size() - begin));
}

void Mutator::DoublePiece(std::string& input) {
  if (input.empty()) return;
  const std::size_t begin = Below(input.size());
  const std::string piece = input.substr(begin, 1 + Below(input.size() - begin));
  input.insert(begin, piece);
}

void Mutator::Splice(std::string& input) {
  const std::string& other = Pick();
  const std::size_t keep = Below(input.size() + 1);
  const std::size_t from = Below(other.size() + 1);
  input = input.substr(0, keep) + other.substr(from);
}

}  // namespace phx::fuzz
