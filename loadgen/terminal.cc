#include "loadgen/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace phx::loadgen {

std::function<TerminalSize()> TerminalOf(int descriptor) {
  const char* const type = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): before any thread
  const bool is_dumb = type != nullptr && std::string_view(type) == "dumb";
  if (isatty(descriptor) == 0 || is_dumb) return {};
  return [descriptor] {
    TerminalSize size;
    winsize told = {};
    if (ioctl(descriptor, TIOCGWINSZ, &told) != 0) return size;
    if (told.ws_col > 0) size.columns = told.ws_col;
    if (told.ws_row > 0) size.rows = told.ws_row;
    return size;
  };
}

}  // namespace phx::loadgen
