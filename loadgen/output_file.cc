#include "loadgen/output_file.h"

#include <cerrno>
#include <cstdlib>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

std::string LastError() { return std::generic_category().message(errno); }

// A relative name means the folder in which the user is, which `bazel run` leaves.
std::string ResolvePath(const std::string& name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody changes the environment
  const char* folder = std::getenv("BUILD_WORKING_DIRECTORY");
  if (folder == nullptr || name.starts_with('/')) return name;
  return absl::StrCat(folder, "/", name);
}

}  // namespace

absl::StatusOr<OutputFile> OutputFile::Open(const std::string& flag, const std::string& name) {
  std::ofstream stream(ResolvePath(name), std::ios::binary);
  if (!stream) {
    return absl::InvalidArgumentError(absl::StrCat("--", flag, ": cannot write ", name, ": ",
                                                   LastError(),
                                                   "; give a file that can be written"));
  }
  return OutputFile(name, std::move(stream));
}

absl::Status OutputFile::Write(const std::string& text) {
  if (stream_ << text << std::flush) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("writing ", name_, " failed: ", LastError()));
}

absl::StatusOr<std::string> ReadInputFile(const std::string& name) {
  std::ifstream stream(ResolvePath(name), std::ios::binary);
  if (!stream) return absl::InvalidArgumentError(absl::StrCat(name, ": ", LastError()));
  return std::string(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
}

}  // namespace phx::loadgen
