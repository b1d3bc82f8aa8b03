// The load generator. See README.md, or --help.
#include <unistd.h>

#include <iostream>
#include <string_view>
#include <vector>

#include "loadgen/application.h"
#include "loadgen/terminal.h"

int main(int argc, char** argv) {
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  return phx::loadgen::RunApplication(arguments,
                                      {.out = std::cout,
                                       .err = std::cerr,
                                       .err_terminal = phx::loadgen::TerminalOf(STDERR_FILENO)});
}
