// ProgressDisplay: shows how a run goes. On a terminal as lines that change in place (live_view.h);
// elsewhere, in a log, each state is a line of its own (progress.h).
//
// Threads: as a plain value.
#ifndef PHX_LOADGEN_PROGRESS_DISPLAY_H_
#define PHX_LOADGEN_PROGRESS_DISPLAY_H_

#include <string_view>

#include "loadgen/console.h"
#include "loadgen/plan.h"
#include "loadgen/progress.h"
#include "loadgen/terminal_block.h"

namespace phx::loadgen {

class ProgressDisplay {
 public:
  // Both must outlive this object.
  ProgressDisplay(const Console& console, const Plan& plan) : console_(console), plan_(plan) {}

  // Shows it in place of what was shown before; nothing if the plan is to be carried out quietly.
  void Show(const Progress& progress);

  // Writes `message`, which has no end of line, above what is shown next.
  void Say(std::string_view message);

  // Leaves the terminal as it was before the first Show(): the report says all that and more.
  void Finish();

 private:
  const Console& console_;
  const Plan& plan_;
  TerminalBlock block_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PROGRESS_DISPLAY_H_
