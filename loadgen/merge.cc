#include "loadgen/merge.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/make_report.h"
#include "loadgen/merge_results.h"
#include "loadgen/plan.h"
#include "loadgen/run_result.h"
#include "loadgen/shard.h"
#include "loadgen/shard_differences.h"

namespace phx::loadgen {
namespace {

// "shard 2 of 8", "shards 2, 3 and 5 of 8"
std::string NameShards(const std::vector<std::uint64_t>& indexes, std::uint64_t count) {
  std::string text = indexes.size() == 1 ? "shard " : "shards ";
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (i > 0) absl::StrAppend(&text, i + 1 == indexes.size() ? " and " : ", ");
    absl::StrAppend(&text, indexes[i] + 1);
  }
  return absl::StrCat(text, " of ", count);
}

// The shards of one run, in their order.
class Merger {
 public:
  explicit Merger(std::vector<ShardRun> runs) : runs_(std::move(runs)) {}

  Report Merge();

 private:
  std::uint64_t shard_count() const { return runs_.front().plan.part().count; }

  std::vector<std::uint64_t> FindMissing() const;
  std::optional<std::string> DescribeFailure() const;
  std::vector<std::string> FindWarnings(const Report& whole) const;

  std::vector<ShardRun> runs_;
  std::vector<Report> reports_;  // of the shards by themselves
};

std::vector<std::uint64_t> Merger::FindMissing() const {
  std::set<std::uint64_t> there;
  for (const ShardRun& run : runs_) there.insert(run.plan.part().index);
  std::vector<std::uint64_t> missing;
  for (std::uint64_t i = 0; i < shard_count(); ++i) {
    if (!there.contains(i)) missing.push_back(i);
  }
  return missing;
}

// Why this is not the run that was asked for, if it is not.
std::optional<std::string> Merger::DescribeFailure() const {
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
  if (failures.empty()) return std::nullopt;
  return absl::StrJoin(failures, "; ");
}

std::vector<std::string> Merger::FindWarnings(const Report& whole) const {
  std::vector<std::string> warnings = DescribeDifferences(runs_);
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
  RunResult result = MergeResults(runs_);
  result.failure = DescribeFailure();
  Report whole = MakeReport(MergePlans(runs_), result);
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
  const absl::Status status = CheckOneRun(runs);
  if (!status.ok()) return status;
  Report report = Merger(std::move(runs)).Merge();
  for (const std::string& loss : lost) {
    report.verdict.warnings.push_back(absl::StrCat("Left out: ", loss, "."));
  }
  return report;
}

}  // namespace phx::loadgen
