#include "loadgen/progress_display.h"

namespace phx::loadgen {

void ProgressDisplay::Show(std::string_view line) {
  if (is_terminal_) {
    out_ << "\r\x1b[K" << line << std::flush;  // ECMA-48: erase to the end of the line
  } else {
    out_ << line << std::endl;
  }
  has_line_ = true;
}

void ProgressDisplay::Finish() {
  if (is_terminal_ && has_line_) out_ << std::endl;
  has_line_ = false;
}

}  // namespace phx::loadgen
