#include "loadgen/rate_phase.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"

namespace phx::loadgen {
std::string ToString(const RatePhase& phase) {
  std::string rates = FormatFlagValue(phase.from);
  if (phase.to != phase.from) absl::StrAppend(&rates, "..", FormatFlagValue(phase.to));
  return absl::StrCat(phase.name, " ", rates, " ", FormatFlagValue(phase.length));
}

Duration LengthOf(const std::vector<RatePhase>& phases) {
  Duration length = {};
  for (const RatePhase& phase : phases) length += phase.length;
  return length;
}

RatePhasePlace PlaceIn(const std::vector<RatePhase>& phases, Duration elapsed) {
  std::size_t index = 0;
  Duration begin = {};
  while (index + 1 < phases.size() && elapsed >= begin + phases[index].length) {
    begin += phases[index++].length;
  }
  const RatePhase& phase = phases[index];
  const Duration into = std::clamp(elapsed - begin, Duration::zero(), phase.length);
  const double share = ToSeconds(into) / ToSeconds(phase.length);
  return {.index = index,
          .left = phase.length - into,
          .rate = phase.from + share * (phase.to - phase.from)};
}

double AverageRate(const std::vector<RatePhase>& phases) {
  double operations = 0;
  for (const RatePhase& phase : phases) operations += phase.operations();
  return phases.empty() ? 0 : operations / ToSeconds(LengthOf(phases));
}

double AverageRateUntil(const std::vector<RatePhase>& phases, Duration end) {
  if (end >= LengthOf(phases)) return AverageRate(phases);
  const RatePhasePlace place = PlaceIn(phases, end);
  std::vector<RatePhase> begun(phases.begin(),
                               phases.begin() + static_cast<std::ptrdiff_t>(place.index) + 1);
  begun.back().to = place.rate;
  begun.back().length -= place.left;
  return AverageRate(begun);
}

}  // namespace phx::loadgen
