// The command line of the load generator: its flags and its help.
#ifndef PHX_LOADGEN_COMMAND_LINE_H_
#define PHX_LOADGEN_COMMAND_LINE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/comparison.h"
#include "loadgen/rate_search.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

enum class Command : std::uint8_t {
  kRun,      // no command: put load on a server
  kSearch,   // search: find the highest rate at which runs pass
  kReport,   // report FILE: make reports of the file of a run
  kCompare,  // compare FILE FILE
  kMerge,    // merge FILE...: put the shards of a run together
};

struct CommandLine {
  Command command = Command::kRun;
  Settings settings = {};               // of kRun and kSearch
  RateSearchOptions search = {};        // of kSearch
  std::vector<std::string> files = {};  // that kReport (one), kCompare (two) and kMerge read
  std::string html = {};                // that kReport and kMerge write
  std::string json = {};                // that kMerge writes
  std::string csv = {};                 // the same
  ComparisonOptions comparison = {};    // of kCompare
  bool help = false;                    // print HelpText() and do nothing else
  bool version = false;                 // the same with the version
};

// Reads the words behind the program's name. kInvalidArgument has one line for each mistake.
absl::StatusOr<CommandLine> ParseCommandLine(std::span<const std::string_view> arguments);

// What --help prints.
std::string HelpText();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_COMMAND_LINE_H_
