#include "loadgen/shard.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/flag_value.h"

namespace phx::loadgen {

absl::StatusOr<Shard> ParseShard(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::uint64_t number = 0;
  std::uint64_t count = 0;
  const bool is_read = slash != std::string_view::npos &&
                       ParseFlagValue(text.substr(0, slash), &number).ok() &&
                       ParseFlagValue(text.substr(slash + 1), &count).ok();
  if (!is_read) {
    return absl::InvalidArgumentError(
        "is no part of a run; write which and of how many, as in 2/8");
  }
  if (count == 0 || count > kMaxShards || number == 0 || number > count) {
    return absl::InvalidArgumentError(
        absl::StrCat("is out of range; give 1/8 to 8/8, and at most ", kMaxShards, " parts"));
  }
  return Shard{.index = number - 1, .count = count};
}

std::string ToString(const Shard& shard) { return absl::StrCat(shard.index + 1, "/", shard.count); }

}  // namespace phx::loadgen
