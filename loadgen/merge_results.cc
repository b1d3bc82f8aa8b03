#include "loadgen/merge_results.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/broadcast_tally.h"
#include "loadgen/machine.h"
#include "loadgen/merge_series.h"
#include "loadgen/recorder.h"
#include "loadgen/shard.h"
#include "loadgen/shard_differences.h"
#include "loadgen/time_series.h"

namespace phx::loadgen {
namespace {

// Cores and memory of all hosts together. Several shards may share one.
Machine MergeMachines(const std::vector<ShardRun>& runs) {
  std::map<std::string, const Machine*> hosts;
  for (const ShardRun& run : runs) hosts.emplace(run.result.machine.host, &run.result.machine);
  Machine merged;
  std::set<std::string> systems;
  std::set<std::string> cpus;
  for (const auto& [host, machine] : hosts) {
    absl::StrAppend(&merged.host, merged.host.empty() ? "" : ", ", host);
    systems.insert(machine->system);
    cpus.insert(machine->cpu);
    merged.cores += machine->cores;
    merged.memory_bytes += machine->memory_bytes;
  }
  merged.system = absl::StrJoin(systems, ", ");
  merged.cpu = absl::StrJoin(cpus, ", ");
  return merged;
}

std::string MergeUrls(const std::vector<ShardRun>& runs) {
  std::set<std::string> urls;
  for (const ShardRun& run : runs) urls.insert(run.result.url);
  return absl::StrJoin(urls, ", ");
}

// The average, by connections.
std::optional<std::uint64_t> MergeMemory(const std::vector<ShardRun>& runs) {
  std::uint64_t bytes = 0;
  std::uint64_t connections = 0;
  for (const ShardRun& run : runs) {
    if (!run.result.memory_per_connection.has_value()) continue;
    const std::uint64_t own = run.result.recorders[Phase::kSetup].count(Counter::kConnected);
    bytes += *run.result.memory_per_connection * own;
    connections += own;
  }
  if (connections == 0) return std::nullopt;
  return bytes / connections;
}

// A shard knows of those that its own connections sent to each other; only all of them together
// know the rest.
void CountMissingBroadcasts(const std::vector<ShardRun>& runs, RunResult* result) {
  if (!runs.front().result.broadcasts.has_value()) return;
  BroadcastTally whole;
  for (const ShardRun& run : runs) whole.MergeShard(*run.result.broadcasts);
  Recorder& measured = result->recorders[Phase::kMeasured];
  const std::uint64_t known = measured.count(Counter::kMissing);
  const std::uint64_t found = whole.missing() > known ? whole.missing() - known : 0;
  measured.Count(Counter::kMissing, found);
  if (found == 0 || result->series.rows().empty()) return;
  // In a row of its own, so that the series adds up to the same.
  SeriesRow row = {.phase = Phase::kMeasured,
                   .start = result->series.rows().back().start,
                   .end = result->series.rows().back().end};
  row.counters.at(static_cast<std::size_t>(Counter::kMissing)) = found;
  result->series.Add(std::move(row));
}

}  // namespace

Plan MergePlans(const std::vector<ShardRun>& runs) {
  Plan plan = runs.front().plan;
  plan.shard.reset();
  plan.threads = 0;
  plan.server_threads = 0;
  for (const ShardRun& run : runs) {
    plan.threads += run.plan.threads;
    plan.server_threads += run.plan.server_threads;
  }
  std::erase_if(plan.given, [](const auto& flag) { return IsOwnFlag(flag.first); });
  return plan;
}

RunResult MergeResults(const std::vector<ShardRun>& runs) {
  RunResult merged = {.url = MergeUrls(runs),
                      .started_at = runs.front().result.started_at,
                      .memory_per_connection = MergeMemory(runs),
                      .machine = MergeMachines(runs),
                      .series = MergeSeries(runs)};
  for (const ShardRun& run : runs) {
    const RunResult& result = run.result;
    merged.started_at = std::min(merged.started_at, result.started_at);
    merged.setup_time = std::max(merged.setup_time, result.setup_time);
    merged.measured_time = std::max(merged.measured_time, result.measured_time);
    merged.interrupted = merged.interrupted || result.interrupted;
    if (!merged.load_began_at.has_value()) merged.load_began_at = result.load_began_at;
    if (result.aborted_by.has_value() && !merged.aborted_by.has_value()) {
      merged.aborted_by =
          absl::StrCat("shard ", ToString(run.plan.part()), ": ", *result.aborted_by);
    }
    merged.recorders.Merge(result.recorders);
    merged.workers.insert(merged.workers.end(), result.workers.begin(), result.workers.end());
  }
  CountMissingBroadcasts(runs, &merged);
  return merged;
}

}  // namespace phx::loadgen
