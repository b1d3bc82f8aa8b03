// The phases of a scenario, as objects:
//
//   "phases": [
//     {"kind": "ramp", "from": 0, "to": 2000, "duration": "30s"},
//     {"kind": "hold", "duration": "1m"},
//     {"kind": "spike", "rate": 5000, "duration": "5s"},
//     {"kind": "step", "from": 1000, "to": 5000, "steps": 5, "duration": "10s"}
//   ]
//
// phase_list.h says what they mean.
#ifndef PHX_LOADGEN_PHASES_JSON_H_
#define PHX_LOADGEN_PHASES_JSON_H_

#include <string>

#include "loadgen/mistakes.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

// ReadPhases()
//
// What --phases would have to be given for the same. `mistakes` are those of the object that has
// the phases; if some were added, the result is of no use.
std::string ReadPhases(const nlohmann::ordered_json& json, SettingMistakes* mistakes);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PHASES_JSON_H_
