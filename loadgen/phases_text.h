// The phases of a run as the text of --phases.
//
//   ParsePhases("ramp 0..20000 30s, hold 1m, spike 50000 5s, ramp ..0 10s")
//
//   hold [RATE] LENGTH
//   spike RATE LENGTH
//   ramp [FROM]..TO LENGTH
//   step FROM..TO/N LENGTH
//
// phase_list.h says what they mean.
#ifndef PHX_LOADGEN_PHASES_TEXT_H_
#define PHX_LOADGEN_PHASES_TEXT_H_

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/rate_phase.h"

namespace phx::loadgen {

// kInvalidArgument shows the text, points at the place with a ^ in the line below, and says what
// belongs there.
absl::StatusOr<std::vector<RatePhase>> ParsePhases(std::string_view text);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PHASES_TEXT_H_
