// Puts the shards of a run together again: one report of what they did together, with a row for
// each of them.
//
// It is exact. Counters and the bins of histograms add up, for the whole and for each interval; no
// percentile is ever averaged. Conditions are held against the figures of the whole.
#ifndef PHX_LOADGEN_MERGE_H_
#define PHX_LOADGEN_MERGE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/report.h"
#include "loadgen/shard_run.h"

namespace phx::loadgen {

struct MergeInput {
  std::string name = {};                                      // of its file or its process
  absl::StatusOr<ShardRun> run = absl::UnknownError("none");  // or why there is none
};

// MergeShards()
//
// A shard that is missing, or failed, or of which the input is an error, is told of, and fails the
// run: an eighth of the load was not there. The rest is merged all the same. That shards were given
// different flags, or did not run at the same time, is a warning.
//
// kInvalidArgument: there is no shard, or two are the same one, or they are not of one run.
absl::StatusOr<Report> MergeShards(std::vector<MergeInput> inputs);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MERGE_H_
