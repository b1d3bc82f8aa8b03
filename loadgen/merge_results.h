// Puts together what the shards of a run were to do, and what they did.
#ifndef PHX_LOADGEN_MERGE_RESULTS_H_
#define PHX_LOADGEN_MERGE_RESULTS_H_

#include <vector>

#include "loadgen/plan.h"
#include "loadgen/run_result.h"
#include "loadgen/shard_run.h"

namespace phx::loadgen {

// `runs`, of which there is one at least, are in the order of their shards, and of one run
// (shard_differences.h).

// The plan of the whole, without a shard.
Plan MergePlans(const std::vector<ShardRun>& runs);

// All that they recorded. Broadcasts that nobody received are those of the whole.
RunResult MergeResults(const std::vector<ShardRun>& runs);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MERGE_RESULTS_H_
