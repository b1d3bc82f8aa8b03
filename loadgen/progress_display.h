// ProgressDisplay: shows a line that changes. On a terminal it changes in place; elsewhere, in a
// log, each state is a line of its own.
#ifndef PHX_LOADGEN_PROGRESS_DISPLAY_H_
#define PHX_LOADGEN_PROGRESS_DISPLAY_H_

#include <ostream>
#include <string_view>

namespace phx::loadgen {

class ProgressDisplay {
 public:
  // `out` must outlive this object.
  ProgressDisplay(std::ostream& out, bool is_terminal) : out_(out), is_terminal_(is_terminal) {}

  // Shows `line`, which has no end of line, in place of the one before.
  void Show(std::string_view line);

  // Leaves the last line standing, so that what follows begins below it.
  void Finish();

 private:
  std::ostream& out_;
  bool is_terminal_;
  bool has_line_ = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PROGRESS_DISPLAY_H_
