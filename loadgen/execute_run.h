// Carries out a run that is prepared, with all that goes on beside it: what is shown of it,
// signals, Prometheus, the restart of the server.
#ifndef PHX_LOADGEN_EXECUTE_RUN_H_
#define PHX_LOADGEN_EXECUTE_RUN_H_

#include "absl/status/statusor.h"
#include "loadgen/console.h"
#include "loadgen/embedded_server.h"
#include "loadgen/peers.h"
#include "loadgen/plan.h"
#include "loadgen/run_result.h"

namespace phx::loadgen {

// ExecuteRun()
//
// Returns when everything is closed. `server` is the embedded one, if there is one; `peers` those
// that the load waits for, if there are some. SIGINT, SIGTERM or SIGUSR1 ends the run in order; the
// second one ends the process.
//
// kInvalidArgument: the port for Prometheus cannot be had.
absl::StatusOr<RunResult> ExecuteRun(const Plan& plan, EmbeddedServer* server, Peers* peers,
                                     const Console& console);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_EXECUTE_RUN_H_
