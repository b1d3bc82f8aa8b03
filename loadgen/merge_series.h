// Lays the series of the shards of a run on each other.
#ifndef PHX_LOADGEN_MERGE_SERIES_H_
#define PHX_LOADGEN_MERGE_SERIES_H_

#include <vector>

#include "loadgen/shard_run.h"
#include "loadgen/time_series.h"

namespace phx::loadgen {

// `runs`, of which there is one at least, have series that keep their histograms, and the same
// kinds of users. Counters and bins of what was recorded in the same interval add up.
TimeSeries MergeSeries(const std::vector<ShardRun>& runs);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MERGE_SERIES_H_
