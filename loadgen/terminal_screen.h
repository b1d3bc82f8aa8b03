// TerminalScreen: what a terminal shows of what is written to it, as far as this program uses
// terminals, for the tests of what it leaves there.
//
//   TerminalScreen screen({.columns = 40, .rows = 10});
//   screen.Write("one\r\x1b[Ktwo\n");
//   screen.lines();   // {"two"}
#ifndef PHX_LOADGEN_TERMINAL_SCREEN_H_
#define PHX_LOADGEN_TERMINAL_SCREEN_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/terminal.h"

namespace phx::loadgen {

class TerminalScreen {
 public:
  explicit TerminalScreen(TerminalSize size) : size_(size) {}

  // Knows \n (with the \r that a terminal adds), \r, and the ECMA-48 sequences A, J and K. Anything
  // else that is no character fails the test.
  void Write(std::string_view text);

  // Makes it so narrow or wide, and wraps lines anew, as most terminals do.
  void Resize(TerminalSize size);

  // All that was ever shown and not erased, the lines that have scrolled away with it; without
  // spaces at the end of lines, and empty lines at the end.
  std::vector<std::string> lines() const;

 private:
  using Line = std::vector<std::string>;  // characters

  void Put(std::string_view character);
  void NewLine();
  std::string_view Control(std::string_view text);
  Line& line();

  TerminalSize size_;
  std::vector<Line> lines_ = {{}};
  std::vector<bool> continues_ = {false};  // by line: whether it goes on in the next
  std::size_t row_ = 0;                    // of lines_
  std::size_t column_ = 0;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TERMINAL_SCREEN_H_
