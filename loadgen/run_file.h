// Reads back what FormatJson() (json_report.h) wrote: the file of a run.
#ifndef PHX_LOADGEN_RUN_FILE_H_
#define PHX_LOADGEN_RUN_FILE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

// kInvalidArgument says what `text` is instead: not JSON (and where that shows), the JSON of
// something else, or that of a version which this program does not read.
absl::StatusOr<nlohmann::json> ParseRunFile(std::string_view text);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RUN_FILE_H_
