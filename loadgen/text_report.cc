#include "loadgen/text_report.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/plan_text.h"
#include "loadgen/quantity_text.h"
#include "loadgen/terminal_text.h"
#include "loadgen/text_table.h"
#include "loadgen/workload.h"
#include "loadgen/wrap_text.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kColumns = 100;

constexpr char kOfTheWhole[] =
    "(Conditions on counts and on the rate are of the whole: loadgen merge checks them.)\n";

std::string FormatTitle(const Report& report) {
  const Plan& plan = report.plan;
  std::string text = absl::StrCat(
      "Load on ", report.url, plan.embedded ? " (embedded server)" : "", ", ", report.started_at,
      "\n", DescribePlan(plan), "\n", absl::StrJoin(DescribeKinds(plan), "\n"),
      plan.kinds.size() > 1 ? "\n" : "", "set up in ", DurationText(report.setup_time),
      ", warm-up ", DurationText(plan.warmup), ", measured ", DurationText(report.measured_time),
      ", ", PluralText(plan.threads, "thread"), ", seed ", plan.seed, "\n");
  if (plan.shard.has_value()) absl::StrAppend(&text, DescribeShard(plan), "\n");
  if (!plan.labels.empty()) absl::StrAppend(&text, FormatLabels(plan), "\n");
  if (report.interrupted) absl::StrAppend(&text, "stopped before its time\n");
  return text;
}

std::vector<std::string> SetupRow(const char* name, const SetupCounts& counts, Duration time) {
  const double seconds = ToSeconds(time);
  const double rate = seconds > 0 ? static_cast<double>(counts.done) / seconds : 0;
  return {name, CountText(counts.asked), CountText(counts.done), CountText(counts.failed),
          RateText(rate)};
}

std::string FormatSetup(const Report& report) {
  TextTable table;
  table.AddRow({"setup", "asked", "done", "failed", "rate"});
  table.AddRow(SetupRow("  connections", report.connections, report.setup_time));
  table.AddRow(SetupRow("  joins", report.joins, report.setup_time));
  std::string text = table.Format();
  if (report.memory_per_connection.has_value()) {
    const double kibibytes = static_cast<double>(*report.memory_per_connection) / 1024;
    absl::StrAppend(&text, absl::StrFormat("  memory: %.1f KiB for each connection%s\n", kibibytes,
                                           report.plan.embedded ? ", both ends" : ""));
  }
  if (report.connections.late > 0) {
    absl::StrAppend(
        &text, "  ", CountText(report.connections.late),
        " connections were begun late: more than --max-connecting at a time were due\n");
  }
  return text;
}

bool IsOnly(Workload workload, const Plan& plan) {
  return plan.kinds.size() == 1 && plan.Has(workload);
}

std::string FormatPushes(const Report& report) {
  const PushCounts& pushes = report.pushes;
  TextTable table;
  table.AddRow(
      {IsOnly(Workload::kChurn, report.plan) ? "leaves and joins" : "pushes", "count", "rate"});
  table.AddRow(
      {"  due", CountText(pushes.due), report.rates.asked > 0 ? RateText(report.rates.asked) : ""});
  table.AddRow({"  sent", CountText(pushes.sent), RateText(report.rates.sent)});
  if (report.plan.expects_replies()) {
    table.AddRow({"  replied", CountText(pushes.replies), RateText(report.rates.replied)});
    table.AddRow({"  failed", CountText(pushes.failed)});
  }
  table.AddRow({"  late", CountText(pushes.late)});
  table.AddRow({"  skipped: too many without reply", CountText(pushes.skipped_busy)});
  table.AddRow({"  skipped: channel not joined", CountText(pushes.skipped_down)});
  table.AddRow({"  unsent when the run ended", CountText(pushes.unsent)});
  if (report.plan.Has(Workload::kPresence)) {
    table.AddRow({"  seen by others", CountText(report.presences)});
  }
  if (report.plan.leaves()) {
    table.AddRow({"  messages after the leave", CountText(report.after_leave)});
  }
  return table.Format();
}

std::string FormatBroadcasts(const Report& report) {
  const BroadcastCounts& broadcasts = report.broadcasts;
  TextTable table;
  table.AddRow({"broadcasts", "count", "rate"});
  table.AddRow({"  received", CountText(broadcasts.received), RateText(report.rates.received)});
  table.AddRow({"  missing", CountText(broadcasts.missing)});
  table.AddRow({"  duplicates", CountText(broadcasts.duplicates)});
  table.AddRow({"  reordered", CountText(broadcasts.reordered)});
  return table.Format();
}

std::vector<std::string> LatencyRow(std::string name, const LatencySummary& summary) {
  std::vector<std::string> row = {std::move(name), DurationText(summary.mean)};
  for (const Duration& percentile : summary.percentiles) row.push_back(DurationText(percentile));
  row.push_back(DurationText(summary.max));
  return row;
}

std::string FormatLatencies(const Report& report) {
  TextTable table;
  std::vector<std::string> head = {"latency", "mean"};
  for (const double percentile : kPercentiles) head.push_back(absl::StrCat("p", percentile));
  head.emplace_back("max");
  table.AddRow(std::move(head));
  for (const Metric metric : kReportedMetrics) {
    const LatencySummary summary = report.latency(metric);
    if (summary.count == 0) continue;
    table.AddRow(LatencyRow(absl::StrCat("  ", std::string(ToString(metric))), summary));
  }
  return table.Format();
}

// The rates and the latency of each phase, without which their figures together say little.
std::string FormatRatePhases(const Report& report) {
  const bool is_broadcast = report.plan.main_metric() == Metric::kBroadcast;
  TextTable table;
  table.AddRow({"phases", "due", "sent", is_broadcast ? "received" : "replied", "late", "p50",
                "p99", "max"});
  for (const RatePhaseReport& phase : report.rate_phases) {
    table.AddRow({absl::StrCat("  ", ToString(phase.phase)), CountText(phase.pushes.due),
                  CountText(phase.pushes.sent),
                  CountText(is_broadcast ? phase.received : phase.pushes.replies),
                  CountText(phase.pushes.late), DurationText(phase.latency.percentiles[0]),
                  DurationText(phase.latency.percentiles[2]), DurationText(phase.latency.max)});
  }
  return table.Format();
}

// What each kind of users did, and how it fared.
std::string FormatKinds(const Report& report) {
  TextTable table;
  table.AddRow({"users", "connections", "joins", "sent", "replied", "received", "failed", "errors",
                "latency", "p50", "p99", "max"});
  for (const KindReport& kind : report.kinds) {
    const LatencySummary latency = kind.latency(kind.main_metric());
    table.AddRow({absl::StrCat("  ", kind.kind.name), CountText(kind.connections.done),
                  CountText(kind.joins.done), CountText(kind.pushes.sent),
                  CountText(kind.pushes.replies), CountText(kind.broadcasts.received),
                  CountText(kind.pushes.failed), CountText(kind.error_count()),
                  std::string(ToString(kind.main_metric())), DurationText(latency.percentiles[0]),
                  DurationText(latency.percentiles[2]), DurationText(latency.max)});
  }
  return table.Format();
}

std::string FormatGenerator(const Report& report) {
  const LatencyHistogram& send_lag = report.histogram(Metric::kSendLag);
  return absl::StrCat("generator: busiest thread ", PercentText(report.generator.busiest_cpu),
                      " of a core, turns ",
                      DurationText(report.histogram(Metric::kLoopLag).Percentile(99)),
                      " late (p99)\n           pushes left ", DurationText(send_lag.Percentile(99)),
                      " after they were due (p99), ", DurationText(send_lag.max()), " at most\n");
}

std::string FormatErrorList(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) {
    absl::StrAppend(&text, "  ", Printable(Describe(error.stage, error.cause, error.kind)),
                    error.phase == Phase::kWarmup ? " (warm-up): " : ": ", CountText(error.count),
                    "\n");
    if (error.example.empty()) continue;
    absl::StrAppend(&text, "    such as: ", Printable(error.example), "\n");
  }
  return text;
}

std::string FormatErrors(const Report& report) {
  if (report.errors.empty()) return "errors: none\n";
  return absl::StrCat("errors\n", FormatErrorList(report.errors));
}

std::string FormatRecovery(const Report& report) {
  const RecoveryCounts& recovery = report.recovery;
  TextTable table;
  table.AddRow({"recovery", "count"});
  table.AddRow({"  connections lost", CountText(recovery.lost)});
  table.AddRow({"  open again", CountText(recovery.reconnects)});
  table.AddRow({"  attempts that failed", CountText(recovery.reconnects_failed)});
  table.AddRow({"  channels that lost their join", CountText(recovery.joins_lost)});
  table.AddRow({"  joined again", CountText(recovery.rejoins)});
  return absl::StrCat(table.Format(), FormatErrorList(report.disruptions));
}

std::string FormatThresholds(const std::vector<ThresholdOutcome>& thresholds) {
  TextTable table;
  table.AddRow({"fails if", "was", ""});
  for (const ThresholdOutcome& threshold : thresholds) {
    table.AddRow(
        {absl::StrCat("  ", threshold.text), threshold.was, threshold.failed ? "FAILED" : "ok"});
  }
  return table.Format();
}

// What one shard of a merged run did, by itself.
std::vector<std::string> ShardRow(const ShardReport& shard) {
  const std::string name = absl::StrCat("  ", ToString(shard.shard), " ", shard.machine.host);
  if (!shard.is_there) return {name, "", "", "", "", "", "MISSING"};
  return {name,
          CountText(shard.connections.done),
          shard.rates.asked > 0 ? RateText(shard.rates.asked) : "",
          RateText(shard.rates.done),
          DurationText(shard.latency.percentiles[2]),
          PercentText(shard.busiest_cpu),
          shard.outcome == Outcome::kPassed ? "passed" : "FAILED"};
}

std::string FormatShards(const Report& report) {
  TextTable table;
  table.AddRow({"shards", "connections", "asked", "achieved",
                absl::StrCat(std::string(ToString(report.plan.main_metric())), " p99"), "thread",
                ""});
  for (const ShardReport& shard : report.shards) table.AddRow(ShardRow(shard));
  std::string text = table.Format();
  for (const ShardReport& shard : report.shards) {
    for (const std::string& reason : shard.reasons) {
      absl::StrAppend(&text, "  ", ToString(shard.shard), " by itself: ", reason, "\n");
    }
  }
  return text;
}

std::string FormatVerdict(const Verdict& verdict) {
  std::string text;
  for (const std::string& warning : verdict.warnings) {
    const std::vector<std::string> lines = WrapText("WARNING: " + warning, kColumns);
    absl::StrAppend(&text, absl::StrJoin(lines, "\n"), "\n\n");
  }
  if (verdict.passed()) return absl::StrCat(text, "PASSED\n");
  absl::StrAppend(&text, "FAILED\n");
  for (const std::string& reason : verdict.reasons) absl::StrAppend(&text, "  ", reason, "\n");
  return text;
}

}  // namespace

std::string FormatText(const Report& report) {
  std::string text = absl::StrCat(FormatTitle(report), "\n", FormatSetup(report), "\n");
  if (!report.shards.empty()) absl::StrAppend(&text, FormatShards(report), "\n");
  if (report.pushes.due > 0) absl::StrAppend(&text, FormatPushes(report), "\n");
  if (report.plan.Has(Workload::kBroadcast)) {
    absl::StrAppend(&text, FormatBroadcasts(report), "\n");
  }
  if (!report.kinds.empty()) absl::StrAppend(&text, FormatKinds(report), "\n");
  if (!report.rate_phases.empty()) absl::StrAppend(&text, FormatRatePhases(report), "\n");
  if (report.plan.reconnect) absl::StrAppend(&text, FormatRecovery(report), "\n");
  if (report.connections.done > 0) absl::StrAppend(&text, FormatLatencies(report), "\n");
  if (report.pushes.sent > 0) absl::StrAppend(&text, FormatGenerator(report));
  absl::StrAppend(&text, FormatErrors(report), "\n", FormatThresholds(report.verdict.thresholds),
                  report.plan.shard.has_value() ? kOfTheWhole : "", "\n",
                  FormatVerdict(report.verdict));
  return text;
}

}  // namespace phx::loadgen
