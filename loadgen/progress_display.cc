#include "loadgen/progress_display.h"

#include "loadgen/live_view.h"
#include "loadgen/terminal.h"

namespace phx::loadgen {

void ProgressDisplay::Show(const Progress& progress) {
  if (plan_.quiet) return;
  if (console_.err_terminal) {
    const TerminalSize size = console_.err_terminal();
    console_.err << block_.Replace(FormatLiveView(plan_, progress, size), size.columns);
  } else {
    console_.err << FormatProgress(plan_, progress) << "\n";
  }
  console_.err << std::flush;
}

void ProgressDisplay::Say(std::string_view message) {
  Finish();
  console_.err << message << "\n" << std::flush;
}

void ProgressDisplay::Finish() {
  if (!console_.err_terminal) return;
  console_.err << block_.Erase(console_.err_terminal().columns) << std::flush;
}

}  // namespace phx::loadgen
