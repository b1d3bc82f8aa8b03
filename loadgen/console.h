// Where a program speaks.
#ifndef PHX_LOADGEN_CONSOLE_H_
#define PHX_LOADGEN_CONSOLE_H_

#include <functional>
#include <ostream>

#include "loadgen/terminal.h"

namespace phx::loadgen {

struct Console {
  std::ostream& out;  // the report
  std::ostream& err;  // mistakes, warnings, progress
  // How large the terminal is to which `err` goes; empty: it goes elsewhere.
  std::function<TerminalSize()> err_terminal = {};
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_CONSOLE_H_
