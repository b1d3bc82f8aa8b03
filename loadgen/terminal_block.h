// TerminalBlock: lines at the bottom of a terminal that are drawn again in place.
//
//   out << block.Replace(lines, columns) << std::flush;   // the cursor is on the line below them
//   out << block.Erase(columns) << "a message\n";         // and the next Replace() begins below it
//
// It says what to write and writes nothing itself. The cursor is always at the beginning of the
// line below the block, and no mode of the terminal is changed: whenever the process ends, nothing
// is left to be put right.
#ifndef PHX_LOADGEN_TERMINAL_BLOCK_H_
#define PHX_LOADGEN_TERMINAL_BLOCK_H_

#include <cstddef>
#include <string>
#include <vector>

namespace phx::loadgen {

class TerminalBlock {
 public:
  // Puts `lines`, each at most `columns` - 1 wide and without control characters, in place of those
  // that stand there. `columns` is the terminal's width now: if it has become narrower since, it
  // has wrapped them.
  std::string Replace(const std::vector<std::string>& lines, std::size_t columns);

  // Takes them away, and what has been typed below them.
  std::string Erase(std::size_t columns);

 private:
  // To the beginning of the block.
  std::string Return(std::size_t columns) const;

  std::vector<std::size_t> widths_;  // of the lines that stand there
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TERMINAL_BLOCK_H_
