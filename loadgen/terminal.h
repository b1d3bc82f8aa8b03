// What there is to know of a terminal.
#ifndef PHX_LOADGEN_TERMINAL_H_
#define PHX_LOADGEN_TERMINAL_H_

#include <cstddef>
#include <functional>

namespace phx::loadgen {

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;

  friend bool operator==(const TerminalSize&, const TerminalSize&) = default;
};

// TerminalOf()
//
// A function that says how large the terminal behind `descriptor` is at the moment; empty if that
// is no terminal, or one that cannot move its cursor (TERM=dumb). A terminal that does not tell its
// size is taken for one of 80 by 24.
std::function<TerminalSize()> TerminalOf(int descriptor);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TERMINAL_H_
