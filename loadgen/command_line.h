// The command line of the load generator: its flags and its help.
#ifndef PHX_LOADGEN_COMMAND_LINE_H_
#define PHX_LOADGEN_COMMAND_LINE_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

struct CommandLine {
  Settings settings = {};
  bool help = false;  // print HelpText() and do nothing else
};

// Reads the words behind the program's name. kInvalidArgument has one line for each mistake.
absl::StatusOr<CommandLine> ParseCommandLine(std::span<const std::string_view> arguments);

// What --help prints.
std::string HelpText();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_COMMAND_LINE_H_
