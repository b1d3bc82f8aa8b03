// What a run says while it goes on.
#ifndef PHX_LOADGEN_PROGRESS_H_
#define PHX_LOADGEN_PROGRESS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "loadgen/failure_table.h"
#include "loadgen/plan.h"
#include "loadgen/recorder.h"
#include "loadgen/time.h"

namespace phx::loadgen {

struct Progress {
  Phase phase = Phase::kSetup;
  Duration elapsed = {};                             // since the phase began
  std::optional<Duration> begins_in = std::nullopt;  // the load, if that is known during the setup
  Duration interval = {};                            // that `recent` covers
  PhaseRecorders total = {};                         // since the run began
  PhaseRecorders recent = {};
  double busiest_cpu = 0;  // in the interval: of one core, by the busiest thread of the generator
};

// What was recorded of the load, the warm-up included: those who watch care for both.
Recorder LoadOf(const PhaseRecorders& recorders);
// What has failed in all phases.
FailureTable FailuresOf(const PhaseRecorders& recorders);

// How much has been measured: what a push that waits for its reply takes beyond the end is no part
// of it.
Duration MeasuredSoFar(const Plan& plan, const Progress& progress);

// One line, without its end, for a log:
//   setup     2.0 s  connected 523/1,000  joined 5,230/10,000  errors 0
//   measured  3.0 s of 10.0 s  sent 20,000.0/s  replied 19,998.0/s  p50 310 µs  p99 1.12 ms …
std::string FormatProgress(const Plan& plan, const Progress& progress);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PROGRESS_H_
