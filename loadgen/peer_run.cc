#include "loadgen/peer_run.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "loadgen/json_report.h"
#include "loadgen/make_report.h"
#include "loadgen/merge.h"
#include "loadgen/shard.h"
#include "loadgen/shard_run.h"

namespace phx::loadgen {
namespace {

// What this process is to do of a run that `peers` carry out together.
absl::StatusOr<Settings> SettingsOfPeer(const Settings& given, const Peers& peers) {
  if (!given.shard.empty() || !given.start_at.empty()) {
    return absl::InvalidArgumentError(
        "--shard and --start-at are for processes that do not know of each other; leave them out");
  }
  Settings settings = given;
  settings.shard = ToString(peers.shard());
  settings.meets_peers = true;
  if (peers.is_first()) return settings;
  settings.json.clear();
  settings.csv.clear();
  settings.html.clear();
  settings.prometheus = 0;
  return settings;
}

}  // namespace

absl::StatusOr<PreparedRun> PrepareWithPeers(const Settings& given, Peers& peers,
                                             const Console& console) {
  const absl::StatusOr<Settings> settings = SettingsOfPeer(given, peers);
  absl::StatusOr<PreparedRun> prepared = settings.ok()
                                             ? PrepareRun(*settings, console)
                                             : absl::StatusOr<PreparedRun>(settings.status());
  const std::string problems = peers.Agree(std::string(prepared.status().message()));
  if (!problems.empty()) return absl::InvalidArgumentError(problems);
  prepared->plan.run = peers.run();
  return prepared;
}

absl::StatusOr<Report> MergePeers(const std::vector<PeerFile>& files) {
  std::vector<MergeInput> inputs;
  inputs.reserve(files.size());
  for (const PeerFile& file : files) {
    inputs.push_back({.name = file.name,
                      .run = file.file.has_value()
                                 ? ParseShardRun(*file.file)
                                 : absl::UnavailableError("died, or cannot be reached")});
  }
  return MergeShards(std::move(inputs));
}

std::string PeerFileOf(const Plan& plan, const absl::StatusOr<RunResult>& result) {
  if (!result.ok()) return "";
  return FormatJson(MakeReport(plan, *result), ShardJson(plan, *result));
}

}  // namespace phx::loadgen
