// CommandLine: the words after a program's name, or what to do without them.
//
//   const phx::examples::CommandLine words(argc, argv, "usage: echo URL [COUNT]\n…", 1, 2);
//   if (words.exit_code().has_value()) return *words.exit_code();
//   Connect(words[0]);
#ifndef PHX_CLIENT_EXAMPLES_COMMAND_LINE_H_
#define PHX_CLIENT_EXAMPLES_COMMAND_LINE_H_

#include <cstddef>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phx::examples {

class CommandLine {
 public:
  // Prints `usage` for --help, or if there are fewer words than `min` or more than `max`.
  CommandLine(int argc, char** argv, std::string_view usage, std::size_t min, std::size_t max)
      : words_(argv + 1, argv + argc) {
    for (const std::string& word : words_) {
      if (word != "--help" && word != "-h") continue;
      std::cout << usage;
      exit_code_ = 0;
      return;
    }
    if (words_.size() >= min && words_.size() <= max) return;
    std::cerr << "error: " << (words_.size() < min ? "something is missing" : "that is too much")
              << "\n\n"
              << usage;
    exit_code_ = 2;
  }

  // Set if there is nothing left to do.
  std::optional<int> exit_code() const { return exit_code_; }

  std::size_t size() const { return words_.size(); }
  const std::string& operator[](std::size_t i) const { return words_[i]; }

 private:
  std::vector<std::string> words_;
  std::optional<int> exit_code_;
};

}  // namespace phx::examples

#endif  // PHX_CLIENT_EXAMPLES_COMMAND_LINE_H_
