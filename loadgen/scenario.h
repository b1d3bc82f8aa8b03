// Scenario: a run that is written down as JSON.
//
//   {
//     "connections": 1000,
//     "phases": [{"kind": "ramp", "from": 0, "to": 2000, "duration": "30s"},
//                {"kind": "hold", "duration": "1m"}],
//     "fail_if": ["broadcast.p99 > 100ms"],
//     "users": [
//       {"name": "chatter", "weight": 1, "topic": "room:{channel}", "workload": "broadcast"},
//       {"name": "reader", "weight": 9, "topic": "room:{channel}", "workload": "idle"}
//     ]
//   }
//
// Its fields are the flags (run_flags.h), with _ in place of -; only phases are written in another
// way (phases_json.h). "users" are kinds of users, each
// with the flags that say what a user does, and with "name", "weight", "rate_weight" and "steps"
// besides. What is said at the top holds for all kinds that do not say it themselves. In scenarios/
// are a JSON Schema and examples.
#ifndef PHX_LOADGEN_SCENARIO_H_
#define PHX_LOADGEN_SCENARIO_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/flag_set.h"
#include "loadgen/json_places.h"
#include "loadgen/settings.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

struct Scenario {
  // The defaults, with what the file says at the top.
  Settings settings = {};
  // Flags that it takes the place of, and their values.
  std::vector<std::pair<std::string, std::string>> given = {};
  nlohmann::ordered_json users = nlohmann::ordered_json::array();
  std::string file = {};  // its name
  std::shared_ptr<const JsonPlaces> places = nullptr;
};

// ParseScenario()
//
// kInvalidArgument has one line for each mistake: the file, the line, the column and, unless it is
// no JSON at all, the JSON pointer (RFC 6901) of the place, and what belongs there.
absl::StatusOr<Scenario> ParseScenario(std::string_view text, std::string file);

// Makes settings->kinds of the users of `scenario`. What they do not say is as in settings->user,
// which has its place.
absl::Status AddKinds(const Scenario& scenario, Settings* settings);

// The fields at the top, and those of each of "users", with their types.
void AddScenarioFields(FlagSet* fields, Settings* settings, JsonText* users);
void AddKindFields(FlagSet* fields, KindSettings* kind);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SCENARIO_H_
