// ShardRun: what one shard of a run tells the one that merges them (merge.h): its plan, as far as
// reports tell of it, and all that it recorded. It is the field "shard" of the file of its run.
#ifndef PHX_LOADGEN_SHARD_RUN_H_
#define PHX_LOADGEN_SHARD_RUN_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "loadgen/plan.h"
#include "loadgen/run_result.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

struct ShardRun {
  Plan plan = {};  // with Plan::shard
  RunResult result = {};
};

// `plan` has a shard.
nlohmann::ordered_json ShardJson(const Plan& plan, const RunResult& result);

// Reads the file of a shard. kInvalidArgument, as the end of a sentence that begins with its name:
// not a run's, or not a shard's, or damaged.
absl::StatusOr<ShardRun> ParseShardRun(std::string_view file);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SHARD_RUN_H_
