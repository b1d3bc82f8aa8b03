#include "loadgen/text_report.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/quantity_text.h"
#include "loadgen/text_table.h"
#include "loadgen/wrap_text.h"

namespace phx::loadgen {
namespace {

constexpr std::size_t kColumns = 100;

// "1 thread", "2 threads".
std::string Plural(std::uint64_t count, std::string_view noun) {
  return absl::StrCat(CountText(count), " ", std::string(noun), count == 1 ? "" : "s");
}

std::string FormatTitle(const Report& report) {
  const Plan& plan = report.plan;
  std::string text =
      absl::StrCat("Load on ", report.url, plan.embedded ? " (embedded server)" : "", ", ",
                   report.started_at, "\n", Plural(plan.connections, "connection"), " with ",
                   Plural(plan.channels, "channel"), " each");
  if (plan.rate > 0) {
    absl::StrAppend(&text, ", ", RateText(plan.rate), " pushes of \"", plan.event, "\" with ",
                    Plural(plan.payload.size(), "byte"));
  }
  absl::StrAppend(&text, "\nset up in ", DurationText(report.setup_time), ", warm-up ",
                  DurationText(plan.warmup), ", measured ", DurationText(report.measured_time),
                  ", ", Plural(plan.threads, "thread"), "\n");
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
  if (report.connections.late > 0) {
    absl::StrAppend(
        &text, "  ", CountText(report.connections.late),
        " connections were begun late: more than --max-connecting at a time were due\n");
  }
  return text;
}

std::string FormatPushes(const Report& report) {
  const PushCounts& pushes = report.pushes;
  TextTable table;
  table.AddRow({"pushes", "count", "rate"});
  table.AddRow({"  due", CountText(pushes.due), RateText(report.rates.asked)});
  table.AddRow({"  sent", CountText(pushes.sent), RateText(report.rates.sent)});
  table.AddRow({"  replied", CountText(pushes.replies), RateText(report.rates.replied)});
  table.AddRow({"  failed", CountText(pushes.failed)});
  table.AddRow({"  late", CountText(pushes.late)});
  table.AddRow({"  skipped: too many without reply", CountText(pushes.skipped_busy)});
  table.AddRow({"  skipped: channel not joined", CountText(pushes.skipped_down)});
  table.AddRow({"  unsent when the run ended", CountText(pushes.unsent)});
  return table.Format();
}

std::vector<std::string> LatencyRow(const char* name, const LatencySummary& summary) {
  std::vector<std::string> row = {name, DurationText(summary.mean)};
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
  if (report.connect.count > 0) table.AddRow(LatencyRow("  connect", report.connect));
  if (report.join.count > 0) table.AddRow(LatencyRow("  join", report.join));
  if (report.push.count > 0) table.AddRow(LatencyRow("  push to reply", report.push));
  return table.Format();
}

std::string FormatGenerator(const Report& report) {
  const GeneratorHealth& health = report.generator;
  return absl::StrCat("generator: busiest thread ", PercentText(health.busiest_cpu),
                      " of a core, turns ", DurationText(health.loop_lag.percentiles[2]),
                      " late (p99)\n           pushes left ",
                      DurationText(health.send_lag.percentiles[2]), " after they were due (p99), ",
                      DurationText(health.send_lag.max), " at most\n");
}

std::string FormatErrors(const Report& report) {
  if (report.errors.empty()) return "errors: none\n";
  std::string text = "errors\n";
  for (const Error& error : report.errors) {
    absl::StrAppend(&text, "  ", std::string(Describe(error.stage, error.cause)),
                    error.phase == Phase::kWarmup ? " (warm-up): " : ": ", CountText(error.count),
                    "\n");
    if (!error.example.empty()) absl::StrAppend(&text, "    such as: ", error.example, "\n");
  }
  return text;
}

std::string FormatVerdict(const Report& report) {
  std::string text;
  for (const std::string& warning : report.warnings) {
    const std::vector<std::string> lines = WrapText("WARNING: " + warning, kColumns);
    absl::StrAppend(&text, absl::StrJoin(lines, "\n"), "\n\n");
  }
  if (report.passed) return absl::StrCat(text, "PASSED\n");
  absl::StrAppend(&text, "FAILED\n");
  for (const std::string& reason : report.reasons) absl::StrAppend(&text, "  ", reason, "\n");
  return text;
}

}  // namespace

std::string FormatText(const Report& report) {
  std::string text = absl::StrCat(FormatTitle(report), "\n", FormatSetup(report), "\n");
  if (report.pushes.due > 0) absl::StrAppend(&text, FormatPushes(report), "\n");
  if (report.connect.count > 0) absl::StrAppend(&text, FormatLatencies(report), "\n");
  if (report.push.count > 0) absl::StrAppend(&text, FormatGenerator(report));
  absl::StrAppend(&text, FormatErrors(report), "\n", FormatVerdict(report));
  return text;
}

}  // namespace phx::loadgen
