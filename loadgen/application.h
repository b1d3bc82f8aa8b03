// The load generator as a program: from its arguments to its exit code. main() is one call of this,
// and so are the tests that want to see the whole.
#ifndef PHX_LOADGEN_APPLICATION_H_
#define PHX_LOADGEN_APPLICATION_H_

#include <span>
#include <string_view>

#include "loadgen/console.h"
#include "loadgen/exit_code.h"
#include "loadgen/peers.h"

namespace phx::loadgen {

// RunApplication()
//
// Does what `arguments`, the words behind the program's name, ask for. Returns when the run is over
// and everything is closed, with an exit code (exit_code.h).
//
// SIGINT, SIGTERM or SIGUSR1, which mpirun passes on to all, ends the run early, in order; the
// second one ends the process at once.
//
// With `peers` it carries out its shard of a run, together with them; the first of them reports.
int RunApplication(std::span<const std::string_view> arguments, const Console& console,
                   Peers* peers = nullptr);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_APPLICATION_H_
