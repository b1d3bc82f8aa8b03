// The load generator as one process of several, which mpirun starts. See README.md.
#include <unistd.h>

#include <iostream>
#include <string_view>
#include <vector>

#include "loadgen/application.h"
#include "loadgen/console.h"
#include "loadgen/mpi_peers.h"
#include "loadgen/terminal.h"

int main(int argc, char** argv) {
  phx::loadgen::MpiPeers peers(&argc, &argv);
  const std::vector<std::string_view> arguments(argv + 1, argv + argc);
  // The first process speaks for all.
  std::ostream nowhere(nullptr);
  const bool speaks = peers.is_first();
  const phx::loadgen::Console console = {.out = speaks ? std::cout : nowhere,
                                         .err = speaks ? std::cerr : nowhere,
                                         .err_terminal = phx::loadgen::TerminalOf(STDERR_FILENO)};
  const int exit_code = phx::loadgen::RunApplication(arguments, console, &peers);
  peers.Finish();
  return exit_code;
}
