// PhaseList: the phases of a run, from what somebody wrote of each, in whichever notation: the text
// of --phases (rate_phase.h) or the objects of a scenario (phases_json.h).
//
//   hold    the rate stays; left out, it is the one that the phase before ended with
//   spike   the same, by another name; a hold or ramp that comes after it and leaves its rate out
//           goes on with the one from before the spike
//   ramp    the rate changes evenly; where it begins may be left out in the same way
//   step    so many holds, each as long as is said, from one rate to another
#ifndef PHX_LOADGEN_PHASE_LIST_H_
#define PHX_LOADGEN_PHASE_LIST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/rate_phase.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// Whether there are phases of that kind, and whether they go from one rate to another.
bool IsPhaseKind(std::string_view kind);
bool HasTwoRates(std::string_view kind);

struct PhaseSpec {
  std::string kind = {};                              // "hold", "spike", "ramp", "step"
  std::optional<double> from = std::nullopt;          // of a ramp or step
  std::optional<double> to = std::nullopt;            // the same; the rate of a hold or spike
  std::optional<std::uint64_t> steps = std::nullopt;  // of a step
  Duration duration = {};                             // of each step
};

enum class PhasePart : std::uint8_t { kKind, kFrom, kTo, kSteps, kDuration };

struct PhaseMistake {
  PhasePart part = PhasePart::kKind;
  std::string what = {};  // what is wrong with it, or what belongs there
};

class PhaseList {
 public:
  // Adds what it asks for, or says what is wrong with that and adds nothing.
  std::optional<PhaseMistake> Add(const PhaseSpec& spec);

  const std::vector<RatePhase>& phases() const { return phases_; }

 private:
  std::optional<PhaseMistake> Check(const PhaseSpec& spec) const;

  std::vector<RatePhase> phases_;
  std::optional<double> rate_;  // that the last phase ended with, spikes left out
};

// As --phases takes it: "ramp ..2000 30s".
std::string ToString(const PhaseSpec& spec);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PHASE_LIST_H_
