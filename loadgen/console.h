// Where a program speaks.
#ifndef PHX_LOADGEN_CONSOLE_H_
#define PHX_LOADGEN_CONSOLE_H_

#include <ostream>

namespace phx::loadgen {

struct Console {
  std::ostream& out;  // the report
  std::ostream& err;  // mistakes, warnings, progress
  bool err_is_terminal = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_CONSOLE_H_
