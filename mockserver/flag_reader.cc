#include "mockserver/flag_reader.h"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "absl/flags/reflection.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace phx::mock {
namespace {

absl::CommandLineFlag* Find(std::string_view name, std::span<const std::string_view> names) {
  std::string spelled(name);
  std::replace(spelled.begin(), spelled.end(), '-', '_');
  if (std::find(names.begin(), names.end(), spelled) == names.end()) return nullptr;
  return absl::FindCommandLineFlag(spelled);
}

}  // namespace

absl::StatusOr<bool> ReadFlags(std::span<char* const> arguments,
                               std::span<const std::string_view> names) {
  for (std::size_t i = 0; i != arguments.size(); ++i) {
    const std::string word = arguments[i];
    if (word == "--help" || word == "-h") return true;
    const std::size_t equals = word.find('=');
    absl::CommandLineFlag* flag =
        word.starts_with("--") ? Find(word.substr(2, equals - 2), names) : nullptr;
    if (flag == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", word.substr(0, equals), "\" is no flag; --help lists them"));
    }
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (++i != arguments.size()) {
      value = arguments[i];
    } else {
      return absl::InvalidArgumentError(absl::StrCat(word, " needs a value"));
    }
    std::string error;
    if (!flag->ParseFrom(value, &error)) {
      return absl::InvalidArgumentError(
          absl::StrCat(word.substr(0, equals), ": \"", value, "\" is not a value for it. ", error));
    }
  }
  return false;
}

std::string DescribeFlags(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) {
    const absl::CommandLineFlag& flag = *absl::FindCommandLineFlag(std::string(name));
    const std::string fallback = flag.DefaultValue();
    absl::StrAppend(&text, "  --", absl::StrReplaceAll(std::string(name), {{"_", "-"}}), "\n      ",
                    flag.Help(), fallback.empty() ? "" : " (" + fallback + ")", "\n");
  }
  return text;
}

}  // namespace phx::mock
