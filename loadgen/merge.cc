#include "loadgen/merge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/broadcast_tally.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/latency_summary.h"
#include "loadgen/machine.h"
#include "loadgen/make_report.h"
#include "loadgen/quantity_text.h"
#include "loadgen/recorder.h"
#include "loadgen/shard.h"
#include "loadgen/time.h"
#include "loadgen/time_series.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {
namespace {

// Those that may differ from shard to shard, and say nothing of the whole.
constexpr std::array<std::string_view, 9> kOwnFlags = {
    "shard",   "json",           "csv",          "html", "prometheus", "quiet",
    "threads", "server-threads", "local-address"};

bool IsOwnFlag(const std::string& name) {
  return std::find(kOwnFlags.begin(), kOwnFlags.end(), name) != kOwnFlags.end();
}

// "shard 2 of 8", "shards 2, 3 and 5 of 8"
std::string NameShards(const std::vector<std::uint64_t>& indexes, std::uint64_t count) {
  std::string text = indexes.size() == 1 ? "shard " : "shards ";
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (i > 0) absl::StrAppend(&text, i + 1 == indexes.size() ? " and " : ", ");
    absl::StrAppend(&text, indexes[i] + 1);
  }
  return absl::StrCat(text, " of ", count);
}

using Flags = std::map<std::string, std::string>;

Flags FlagsOfTheWhole(const Plan& plan) {
  Flags flags;
  for (const auto& [name, value] : plan.given) {
    if (IsOwnFlag(name)) continue;
    std::string& text = flags[name];
    absl::StrAppend(&text, text.empty() ? "" : ", ", value);
  }
  return flags;
}

std::string ValueIn(const Flags& flags, const std::string& name) {
  const auto found = flags.find(name);
  return found == flags.end() ? "not given" : found->second;
}

// "--rate (100 and 200)", of each that differs.
std::vector<std::string> CompareFlags(const Plan& a, const Plan& b) {
  const Flags flags_a = FlagsOfTheWhole(a);
  const Flags flags_b = FlagsOfTheWhole(b);
  std::set<std::string> names;
  for (const auto& [name, value] : flags_a) names.insert(name);
  for (const auto& [name, value] : flags_b) names.insert(name);
  std::vector<std::string> differences;
  for (const std::string& name : names) {
    const std::string value_a = ValueIn(flags_a, name);
    const std::string value_b = ValueIn(flags_b, name);
    if (value_a == value_b) continue;
    differences.push_back(absl::StrCat("--", name, " (", value_a, " and ", value_b, ")"));
  }
  return differences;
}

// Without which the figures of one kind would be added to those of another.
bool HaveTheSameKinds(const Plan& a, const Plan& b) {
  return std::equal(a.kinds.begin(), a.kinds.end(), b.kinds.begin(), b.kinds.end(),
                    [](const UserKind& one, const UserKind& other) {
                      return one.name == other.name && one.first == other.first &&
                             one.connections == other.connections &&
                             one.channels == other.channels && one.workload == other.workload;
                    });
}

// The shards of one run, in their order.
class Merger {
 public:
  explicit Merger(std::vector<ShardRun> runs) : runs_(std::move(runs)) {}

  // Whether they can be merged at all.
  absl::Status Check() const;

  Report Merge();

 private:
  const Plan& first_plan() const { return runs_.front().plan; }
  std::uint64_t shard_count() const { return first_plan().part().count; }

  Plan MergePlans() const;
  RunResult MergeResults() const;
  Machine MergeMachines() const;
  std::string MergeUrls() const;
  std::optional<std::uint64_t> MergeMemory() const;
  void CountMissingBroadcasts(RunResult* result) const;
  using RowsOf = std::function<std::vector<SeriesRow>(const TimeSeries&)>;
  std::vector<SeriesRow> MergeAllRows(const RowsOf& rows_of) const;
  TimeSeries MergeSeries() const;
  std::vector<std::uint64_t> FindMissing() const;
  std::string DescribeFailure() const;
  std::vector<std::string> FindWarnings(const Report& whole) const;
  void WarnOfTimes(std::vector<std::string>* warnings) const;

  std::vector<ShardRun> runs_;
  std::vector<Report> reports_;  // of the shards by themselves
};

absl::Status Merger::Check() const {
  for (std::size_t i = 1; i < runs_.size(); ++i) {
    const Shard shard = runs_[i].plan.part();
    if (shard.count != shard_count()) {
      return absl::InvalidArgumentError(absl::StrCat("shard ", ToString(first_plan().part()),
                                                     " and shard ", ToString(shard),
                                                     " are not of one run"));
    }
    if (shard == runs_[i - 1].plan.part()) {
      return absl::InvalidArgumentError(
          absl::StrCat("two files are of shard ", ToString(shard), "; give one of each"));
    }
    const bool fit =
        runs_.front().result.broadcasts.has_value() == runs_[i].result.broadcasts.has_value() &&
        HaveTheSameKinds(first_plan(), runs_[i].plan);
    if (!fit) {
      return absl::InvalidArgumentError(absl::StrCat(
          "shard ", ToString(first_plan().part()), " and shard ", ToString(shard),
          " are not of one run: they had different connections, channels or workloads"));
    }
  }
  return absl::OkStatus();
}

Plan Merger::MergePlans() const {
  Plan plan = first_plan();
  plan.shard.reset();
  plan.threads = 0;
  plan.server_threads = 0;
  for (const ShardRun& run : runs_) {
    plan.threads += run.plan.threads;
    plan.server_threads += run.plan.server_threads;
  }
  std::erase_if(plan.given, [](const auto& flag) { return IsOwnFlag(flag.first); });
  return plan;
}

// Cores and memory of all hosts together. Several shards may share one.
Machine Merger::MergeMachines() const {
  std::map<std::string, const Machine*> hosts;
  for (const ShardRun& run : runs_) hosts.emplace(run.result.machine.host, &run.result.machine);
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

std::string Merger::MergeUrls() const {
  std::set<std::string> urls;
  for (const ShardRun& run : runs_) urls.insert(run.result.url);
  return absl::StrJoin(urls, ", ");
}

// The average, by connections.
std::optional<std::uint64_t> Merger::MergeMemory() const {
  std::uint64_t bytes = 0;
  std::uint64_t connections = 0;
  for (const ShardRun& run : runs_) {
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
void Merger::CountMissingBroadcasts(RunResult* result) const {
  if (!runs_.front().result.broadcasts.has_value()) return;
  BroadcastTally whole;
  for (const ShardRun& run : runs_) whole.MergeShard(*run.result.broadcasts);
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

RunResult Merger::MergeResults() const {
  RunResult merged = {.url = MergeUrls(),
                      .started_at = runs_.front().result.started_at,
                      .memory_per_connection = MergeMemory(),
                      .machine = MergeMachines(),
                      .series = MergeSeries()};
  for (const ShardRun& run : runs_) {
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
  CountMissingBroadcasts(&merged);
  const std::string failure = DescribeFailure();
  if (!failure.empty()) merged.failure = failure;
  return merged;
}

// When the measuring began, since the run did; of a shard that did not come so far, when it would
// have.
Duration MeasuringBegan(const ShardRun& run) {
  return run.result.load_began.value_or(run.result.setup_time) + run.plan.warmup;
}

// When the rows begin and end on average, so that rates come out right where one shard looked a
// little later than the others. In the setup shards have intervals of their own: from the first to
// the last.
void MergeTimes(const std::vector<SeriesRow>& rows, SeriesRow* merged) {
  Duration starts = {};
  Duration ends = {};
  for (const SeriesRow& row : rows) {
    starts += row.start;
    ends += row.end;
    if (row.phase != Phase::kSetup) continue;
    merged->start = std::min(merged->start, row.start);
    merged->end = std::max(merged->end, row.end);
  }
  if (merged->phase == Phase::kSetup) return;
  const auto count = static_cast<Duration::rep>(rows.size());
  merged->start = starts / count;
  merged->end = ends / count;
}

SeriesRow MergeRows(const std::vector<SeriesRow>& rows) {
  SeriesRow merged = rows.front();
  merged.histograms.clear();
  MergeTimes(rows, &merged);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < kCounterCount; ++c) merged.counters[c] += rows[i].counters[c];
    merged.failed_pushes += rows[i].failed_pushes;
    merged.errors += rows[i].errors;
  }
  for (std::size_t m = 0; m < kReportedMetrics.size(); ++m) {
    LatencyHistogram histogram;
    for (const SeriesRow& row : rows) {
      histogram.Merge(
          LatencyHistogram::FromContents(row.histograms[m]).value_or(LatencyHistogram()));
    }
    merged.latencies[m] = Summarize(histogram);
  }
  return merged;
}

// Shards began at times of their own, and pushed from the same moment on: that is where their
// series lie on each other. A row belongs to the interval in which its middle lies.
std::vector<SeriesRow> Merger::MergeAllRows(const RowsOf& rows_of) const {
  Duration begin = {};
  for (const ShardRun& run : runs_) begin = std::max(begin, MeasuringBegan(run));
  const double interval = ToSeconds(std::max(first_plan().interval, Duration(1)));
  std::map<std::pair<std::int64_t, Phase>, std::vector<SeriesRow>> rows;
  for (const ShardRun& run : runs_) {
    const Duration shift = begin - MeasuringBegan(run);
    for (SeriesRow& row : rows_of(run.result.series)) {
      row.start += shift;
      row.end += shift;
      const Duration middle = row.start + (row.end - row.start) / 2 - begin;
      const auto index = static_cast<std::int64_t>(std::floor(ToSeconds(middle) / interval));
      rows[{index, row.phase}].push_back(std::move(row));
    }
  }
  std::vector<SeriesRow> merged;
  for (const auto& [key, same] : rows) merged.push_back(MergeRows(same));
  return merged;
}

TimeSeries Merger::MergeSeries() const {
  TimeSeries merged;
  for (SeriesRow& row : MergeAllRows([](const TimeSeries& series) { return series.rows(); })) {
    merged.Add(std::move(row));
  }
  if (first_plan().kinds.size() == 1) return merged;
  for (std::size_t kind = 0; kind < first_plan().kinds.size(); ++kind) {
    const auto rows_of_kind = [kind](const TimeSeries& series) {
      return kind < series.kinds().size() ? series.kinds()[kind] : std::vector<SeriesRow>();
    };
    for (SeriesRow& row : MergeAllRows(rows_of_kind)) merged.AddOfKind(kind, std::move(row));
  }
  return merged;
}

std::vector<std::uint64_t> Merger::FindMissing() const {
  std::set<std::uint64_t> there;
  for (const ShardRun& run : runs_) there.insert(run.plan.part().index);
  std::vector<std::uint64_t> missing;
  for (std::uint64_t i = 0; i < shard_count(); ++i) {
    if (!there.contains(i)) missing.push_back(i);
  }
  return missing;
}

// Why this is not the run that was asked for; empty if it is.
std::string Merger::DescribeFailure() const {
  std::vector<std::string> failures;
  const std::vector<std::uint64_t> missing = FindMissing();
  if (!missing.empty()) {
    failures.push_back(absl::StrCat(NameShards(missing, shard_count()),
                                    missing.size() == 1 ? " is missing" : " are missing"));
  }
  for (const Report& report : reports_) {
    if (report.verdict.outcome != Outcome::kRunFailed) continue;
    failures.push_back(absl::StrCat(NameShards({report.plan.part().index}, shard_count()),
                                    " failed: ", report.verdict.reasons.back()));
  }
  return absl::StrJoin(failures, "; ");
}

void Merger::WarnOfTimes(std::vector<std::string>* warnings) const {
  const Flags flags = FlagsOfTheWhole(first_plan());
  if (!flags.contains("start-at")) return;  // they waited for each other
  std::vector<WallTime> began;
  for (const ShardRun& run : runs_) {
    if (run.result.load_began_at.has_value()) began.push_back(*run.result.load_began_at);
  }
  if (began.empty()) return;
  const auto [first, last] = std::minmax_element(began.begin(), began.end());
  const Duration apart = *last - *first;
  if (apart <= first_plan().interval) return;
  const bool overlap = apart < first_plan().warmup + first_plan().duration;
  warnings->push_back(absl::StrCat("The shards began up to ", DurationText(apart), " apart",
                                   overlap ? "" : ", and did not all run at the same time",
                                   ": the server did not see all of this load at once. Give them "
                                   "the same --start-at."));
}

std::vector<std::string> Merger::FindWarnings(const Report& whole) const {
  std::vector<std::string> warnings;
  for (const ShardRun& run : runs_) {
    const std::vector<std::string> differences = CompareFlags(first_plan(), run.plan);
    if (differences.empty()) continue;
    warnings.push_back(absl::StrCat(
        "shard ", ToString(first_plan().part()), " and shard ", ToString(run.plan.part()),
        " were not asked for the same: ", absl::StrJoin(differences, ", "), "."));
  }
  WarnOfTimes(&warnings);
  for (const Report& report : reports_) {
    const std::string name =
        absl::StrCat("Shard ", ToString(report.plan.part()), " on ", report.machine.host);
    if (report.interrupted) warnings.push_back(absl::StrCat(name, " was stopped before its time."));
    if (!whole.verdict.warnings.empty()) continue;  // they say the same
    for (const std::string& warning : report.verdict.warnings) {
      warnings.push_back(absl::StrCat(name, ": ", warning));
    }
  }
  return warnings;
}

Report Merger::Merge() {
  for (const ShardRun& run : runs_) reports_.push_back(MakeReport(run.plan, run.result));
  Report whole = MakeReport(MergePlans(), MergeResults());
  std::vector<std::string> warnings = FindWarnings(whole);
  whole.verdict.warnings.insert(whole.verdict.warnings.end(), warnings.begin(), warnings.end());
  for (std::uint64_t i = 0; i < shard_count(); ++i) {
    whole.shards.push_back({.shard = {.index = i, .count = shard_count()}});
  }
  for (const Report& report : reports_) {
    ShardReport& row = whole.shards[report.plan.part().index];
    row.is_there = true;
    row.machine = report.machine;
    row.connections = report.connections;
    row.rates = report.rates;
    row.latency = report.latency(report.plan.main_metric());
    row.busiest_cpu = report.generator.busiest_cpu;
    row.outcome = report.verdict.outcome;
    row.reasons = report.verdict.reasons;
  }
  return whole;
}

}  // namespace

absl::StatusOr<Report> MergeShards(std::vector<MergeInput> inputs) {
  std::vector<ShardRun> runs;
  std::vector<std::string> lost;
  for (MergeInput& input : inputs) {
    if (input.run.ok()) {
      runs.push_back(*std::move(input.run));
    } else {
      lost.push_back(absl::StrCat(input.name, " ", input.run.status().message()));
    }
  }
  if (runs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there is no shard to merge\n", absl::StrJoin(lost, "\n")));
  }
  std::sort(runs.begin(), runs.end(), [](const ShardRun& a, const ShardRun& b) {
    return a.plan.part().index < b.plan.part().index;
  });
  Merger merger(std::move(runs));
  const absl::Status status = merger.Check();
  if (!status.ok()) return status;
  Report report = merger.Merge();
  for (const std::string& loss : lost) {
    report.verdict.warnings.push_back(absl::StrCat("Left out: ", loss, "."));
  }
  return report;
}

}  // namespace phx::loadgen
