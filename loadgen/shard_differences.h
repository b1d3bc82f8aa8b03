// In what the shards of a run were not alike.
#ifndef PHX_LOADGEN_SHARD_DIFFERENCES_H_
#define PHX_LOADGEN_SHARD_DIFFERENCES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "loadgen/shard_run.h"

namespace phx::loadgen {

// Of all that follows there is one at least, in the order of their shards.

// kInvalidArgument: two are the same shard, or they are not of one run.
absl::Status CheckOneRun(const std::vector<ShardRun>& runs);

// A sentence for each thing that makes the figures of the whole doubtful: shards that were given
// different flags, or did not begin together.
std::vector<std::string> DescribeDifferences(const std::vector<ShardRun>& runs);

// Whether a flag may differ from shard to shard, and says nothing of the whole.
bool IsOwnFlag(std::string_view name);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SHARD_DIFFERENCES_H_
