// The commands that work on the files of runs.
#ifndef PHX_LOADGEN_FILE_COMMANDS_H_
#define PHX_LOADGEN_FILE_COMMANDS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/command_line.h"
#include "loadgen/console.h"
#include "loadgen/report.h"

namespace phx::loadgen {

// loadgen report RUN.json --html=FILE
//
// kInvalidArgument: a file that cannot be read or written, or is no run. kUnavailable: it could not
// be written to its end.
absl::Status WriteReport(const CommandLine& command_line);

// loadgen merge SHARD.json…
//
// kInvalidArgument: a file that cannot be read, or as MergeShards(). One that can be read, and is
// not what a shard writes, is left out: its process died.
absl::StatusOr<Report> MergeFiles(const std::vector<std::string>& names);

// loadgen compare BEFORE.json AFTER.json
//
// Prints the comparison; true if the second run is worse. Errors as above.
absl::StatusOr<bool> PrintComparison(const CommandLine& command_line, const Console& console);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FILE_COMMANDS_H_
