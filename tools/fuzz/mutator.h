// Mutator: inputs made from other inputs, the same ones for the same seed on every machine.
//
//   Mutator mutator({"[1,2]", "{}"}, /*seed=*/1);
//   std::string input = mutator.Next();   // "[1,2", "{}1,2]", "[\x81,2]", …
//
// Far from what libFuzzer does, which learns from coverage; enough for a test to try in a second
// what a person would not write by hand.
#ifndef PHX_TOOLS_FUZZ_MUTATOR_H_
#define PHX_TOOLS_FUZZ_MUTATOR_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace phx::fuzz {

class Mutator {
 public:
  // Starts from `corpus`; an empty one stands for the empty input.
  Mutator(std::vector<std::string> corpus, std::uint32_t seed);

  // Returns one of the corpus with one to four changes: a byte replaced, a bit flipped, a piece
  // removed, doubled, or replaced by a piece of another input.
  std::string Next();

 private:
  // A number in [0, bound). std::uniform_int_distribution differs between standard libraries.
  std::size_t Below(std::size_t bound);

  const std::string& Pick();
  void ReplaceByte(std::string& input);
  void FlipBit(std::string& input);
  void RemovePiece(std::string& input);
  void DoublePiece(std::string& input);
  void Splice(std::string& input);

  std::vector<std::string> corpus_;
  std::mt19937 random_;
};

}  // namespace phx::fuzz

#endif  // PHX_TOOLS_FUZZ_MUTATOR_H_
