// RunResult: what a run left behind, before anybody has looked at it. MakeReport() (make_report.h)
// does.
#ifndef PHX_LOADGEN_RUN_RESULT_H_
#define PHX_LOADGEN_RUN_RESULT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/broadcast_tally.h"
#include "loadgen/machine.h"
#include "loadgen/recorder.h"
#include "loadgen/start_time.h"
#include "loadgen/time.h"
#include "loadgen/time_series.h"

namespace phx::loadgen {

// How one thread of the generator fared while it was measuring.
struct WorkerHealth {
  double cpu = 0;  // share of one core that it used, 0 to 1
};

struct RunResult {
  std::string url = {};         // without its query
  std::string started_at = {};  // RFC 3339, UTC
  // When the load did, since the run began, and by the clock on the wall; none if it did not.
  std::optional<Duration> load_began = std::nullopt;
  std::optional<WallTime> load_began_at = std::nullopt;
  // Why there is nothing measured, if that was not to be expected of what was recorded.
  std::optional<std::string> failure = std::nullopt;
  Duration setup_time = {};     // until all connections were open and joined, or had failed
  Duration measured_time = {};  // zero if the run did not come so far
  bool interrupted = false;     // somebody stopped it before its time
  std::optional<std::string> aborted_by = std::nullopt;  // what of --abort-if held
  // Bytes of this process for each connection with its channels, once all were joined, if there are
  // enough of them to tell; with an embedded server, for its side too.
  std::optional<std::uint64_t> memory_per_connection = std::nullopt;
  Machine machine = {};
  PhaseRecorders recorders = {};
  TimeSeries series = {};                                   // of the same
  std::optional<BroadcastTally> broadcasts = std::nullopt;  // of the workload of that name
  std::vector<WorkerHealth> workers = {};
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RUN_RESULT_H_
