// Reads the files that a run is described by: its scenario, and the feeds of its users.
#ifndef PHX_LOADGEN_SCENARIO_FILE_H_
#define PHX_LOADGEN_SCENARIO_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/scenario.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// kInvalidArgument: the file cannot be read, or is no scenario; as ParseScenario().
absl::StatusOr<Scenario> ReadScenario(const std::string& file);

// Reads the feeds of all kinds into KindSettings::feed_rows. kInvalidArgument: a file cannot be
// read, or is no CSV.
absl::Status ReadFeeds(Settings* settings);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SCENARIO_FILE_H_
