// RatePhase: a part of the measured time, with a rate of its own: one that stays, or one that rises
// or falls evenly. A run goes through its phases one after the other.
//
// They are written as the text of a flag (phases_text.h), or as the objects of a scenario
// (phases_json.h).
#ifndef PHX_LOADGEN_RATE_PHASE_H_
#define PHX_LOADGEN_RATE_PHASE_H_

#include <cstddef>
#include <string>
#include <vector>

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

// Of the phases, of which there is one at least, up to `end`, or all of them; `end` is above zero.
double AverageRateUntil(const std::vector<RatePhase>& phases, Duration end);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RATE_PHASE_H_
