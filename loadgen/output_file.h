// OutputFile: a file that is opened before a run and written after it. Nobody wants to hear after
// an hour that it cannot be.
//
// Names are relative to the folder in which the user is, also under `bazel run`.
#ifndef PHX_LOADGEN_OUTPUT_FILE_H_
#define PHX_LOADGEN_OUTPUT_FILE_H_

#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace phx::loadgen {

class OutputFile {
 public:
  // Empties `name`, which the flag `flag` gave. kInvalidArgument says why it cannot be written.
  static absl::StatusOr<OutputFile> Open(const std::string& flag, const std::string& name);

  // kUnavailable says why that failed.
  absl::Status Write(const std::string& text);

 private:
  OutputFile(std::string name, std::ofstream stream)
      : name_(std::move(name)), stream_(std::move(stream)) {}

  std::string name_;
  std::ofstream stream_;
};

// The content of a file that the user names.
absl::StatusOr<std::string> ReadInputFile(const std::string& name);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_OUTPUT_FILE_H_
