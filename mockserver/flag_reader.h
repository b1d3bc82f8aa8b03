// Command lines read into flags of absl/flags. absl::ParseCommandLine() would end the process
// itself at the first mistake, with the exit code of a crash.
#ifndef PHX_MOCKSERVER_FLAG_READER_H_
#define PHX_MOCKSERVER_FLAG_READER_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace phx::mock {

// ReadFlags()
//
// Sets the flags of `names` from `arguments`, the words behind the program's name: `--name=value`
// or
// `--name value`, with dashes in the name where the flag has underscores, or underscores. Returns
// whether one of them was `--help`. kInvalidArgument, saying which word is wrong and why.
absl::StatusOr<bool> ReadFlags(std::span<char* const> arguments,
                               std::span<const std::string_view> names);

// What --help says about the flags of `names`.
std::string DescribeFlags(std::span<const std::string_view> names);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_FLAG_READER_H_
