// A run that several processes carry out together, each its shard of it.
#ifndef PHX_LOADGEN_PEER_RUN_H_
#define PHX_LOADGEN_PEER_RUN_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/console.h"
#include "loadgen/peers.h"
#include "loadgen/plan.h"
#include "loadgen/prepared_run.h"
#include "loadgen/report.h"
#include "loadgen/run_result.h"
#include "loadgen/settings.h"

namespace phx::loadgen {

// Prepares this process's shard. kInvalidArgument: what is wrong with any of the shards; then none
// of them opens anything.
absl::StatusOr<PreparedRun> PrepareWithPeers(const Settings& given, Peers& peers,
                                             const Console& console);

// The report of the whole, of what each of the peers has handed in.
absl::StatusOr<Report> MergePeers(const std::vector<PeerFile>& files);

// What this one hands in: "" if its run came to nothing.
std::string PeerFileOf(const Plan& plan, const absl::StatusOr<RunResult>& result);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PEER_RUN_H_
