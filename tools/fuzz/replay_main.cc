// Runs a fuzz target as a test: over the files named on the command line, then over a fixed number
// of inputs made from them. Prints the input, escaped, when the target crashes. See fuzz.bzl.

#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tools/fuzz/mutator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// About a second for a target that takes 50 microseconds.
constexpr int kMutations = 20'000;
constexpr std::uint32_t kSeed = 1;

// What the target is looking at. Sanitizers end the process without unwinding, so it is kept where
// a signal handler finds it.
const std::string* current_input = nullptr;

void PrintInput() {
  if (current_input == nullptr) return;
  std::fputs("The input was: \"", stderr);
  for (const char byte : *current_input) {
    std::fprintf(stderr, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  std::fputs("\"\n", stderr);
}

// stdio is not meant for signal handlers; this process is about to end, and half a message is
// better than none.
extern "C" void OnAbort(int signal) {
  PrintInput();
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void Run(const std::string& input) {
  // A copy on the heap of exactly this size: AddressSanitizer then sees any read past its end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  current_input = &input;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  current_input = nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, OnAbort);
  std::signal(SIGSEGV, OnAbort);
  std::vector<std::string> corpus;
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) {
      std::fprintf(stderr, "cannot read %s\n", argv[i]);
      return 1;
    }
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  Run("");
  for (const std::string& input : corpus) Run(input);
  phx::fuzz::Mutator mutator(corpus, kSeed);
  for (int i = 0; i < kMutations; ++i) Run(mutator.Next());
  std::printf("ran %zu inputs of the corpus and %d mutations\n", corpus.size(), kMutations);
  return 0;
}
