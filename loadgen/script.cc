#include "loadgen/script.h"

namespace phx::loadgen {

Duration MeanRound(const Script& script) {
  Duration round = {};
  for (const ScriptStep& step : script) {
    for (const ThinkTime& think : step.think) round += MeanOf(think);
  }
  return round;
}

}  // namespace phx::loadgen
