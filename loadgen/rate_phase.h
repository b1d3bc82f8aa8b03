// RatePhase: a part of the measured time, with a rate of its own: one that stays, or one that rises
// or falls evenly. A run goes through its phases one after the other.
//
//   ParsePhases("ramp 0..20000 30s, hold 1m, spike 50000 5s, ramp ..0 10s")
//
//   hold [RATE] LENGTH          the rate stays; without RATE it is the one that the phase before
//                               ended with
//   spike RATE LENGTH           the same, by another name; a hold or ramp that comes after it and
//                               leaves its rate out goes on with the one from before the spike
//   ramp [FROM]..TO LENGTH      the rate changes evenly; FROM as above
//   step FROM..TO/N LENGTH      N holds of LENGTH each, from FROM to TO
#ifndef PHX_LOADGEN_RATE_PHASE_H_
#define PHX_LOADGEN_RATE_PHASE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// The highest rate that can be asked for, a second.
inline constexpr double kMaxRate = 10'000'000;

struct RatePhase {
  std::string name = {};  // "hold", "spike", "ramp", "step"
  double from = 0;        // a second
  double to = 0;
  Duration length = {};

  // How many are due in it.
  double operations() const { return (from + to) / 2 * ToSeconds(length); }

  friend bool operator==(const RatePhase&, const RatePhase&) = default;
};

// kInvalidArgument shows the text, points at the place with a ^ in the line below, and says what
// belongs there.
absl::StatusOr<std::vector<RatePhase>> ParsePhases(std::string_view text);

// "ramp 0..20000 30s": for people and for reports.
std::string ToString(const RatePhase& phase);

Duration LengthOf(const std::vector<RatePhase>& phases);

// Where in its phases, of which there is one at least, a run is.
struct RatePhasePlace {
  std::size_t index = 0;
  Duration left = {};  // of that phase
  double rate = 0;     // at that moment, a second
};
// What comes before the first phase belongs to it, and what comes after the last one to that.
RatePhasePlace PlaceIn(const std::vector<RatePhase>& phases, Duration elapsed);

// Of all phases together.
double AverageRate(const std::vector<RatePhase>& phases);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RATE_PHASE_H_
