#include "loadgen/verdict.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"
#include "loadgen/threshold_reading.h"

namespace phx::loadgen {
namespace {

// A thread that uses more of its core than this has no time left to be punctual.
constexpr double kBusyCpu = 0.9;
// A timer that is so late at 99 % of its wake-ups adds as much to what is measured.
constexpr Duration kMaxLoopLag = std::chrono::milliseconds(5);
// More late pushes than this are not a single hiccup.
constexpr double kMaxLateShare = 0.01;

double Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

// Whether a shard cannot be judged by it: "joins < 1000" is of all shards together. That there is
// to be none of something holds for each.
bool IsOfTheWhole(const Threshold& threshold) {
  if (threshold.figure == Figure::kRate) return true;
  if (threshold.figure == Figure::kLatency || threshold.figure == Figure::kAchieved) return false;
  return !threshold.is_share && threshold.limit != 0;
}

// Why there is nothing to hold conditions against; empty if there is something.
std::string FindRunFailure(const Report& report) {
  if (report.failure.has_value()) return *report.failure;
  if (report.connections.done == 0) return "no connection was opened";
  if (report.measured_time > Duration::zero()) return "";
  return report.interrupted ? "the run was stopped before anything was measured"
                            : "no channel was joined, so nothing was measured";
}

ThresholdOutcome Check(const Threshold& threshold, const Report& report) {
  const std::optional<double> value = ReadFigure(threshold, report);
  return {.text = threshold.text,
          .value = value,
          .was = value.has_value() ? FormatFigure(threshold, *value) : "nothing recorded",
          .failed = !value.has_value() || threshold.Holds(*value)};
}

std::string AdviceFor(const Plan& plan) {
  if (plan.embedded) {
    return "Lower --rate, or run the server elsewhere: --embedded shares this machine with it.";
  }
  return "Lower --rate, give more --threads if cores are idle, or use a faster machine.";
}

// What makes the figures doubtful: that the generator, and not the server, was the slow one.
std::vector<std::string> FindWarnings(const Report& report) {
  const GeneratorHealth& health = report.generator;
  const Duration turns_late = report.histogram(Metric::kLoopLag).Percentile(99);
  const bool is_busy = health.busiest_cpu > kBusyCpu;
  const bool kept_up =
      report.pushes.unsent == 0 && Share(report.pushes.late, report.pushes.sent) <= kMaxLateShare;
  if (kept_up && !is_busy && turns_late <= kMaxLoopLag) return {};
  const std::string cpu =
      absl::StrCat("its busiest thread used ", PercentText(health.busiest_cpu), " of a core, ");
  const std::string finding =
      kept_up ? absl::StrCat("The generator was near its limit: ", cpu, "and its turns came ",
                             DurationText(turns_late), " late (p99). ")
              : absl::StrCat("The generator was the limit: ", cpu, CountText(report.pushes.late),
                             " pushes left late and ", CountText(report.pushes.unsent),
                             " never left. ");
  return {absl::StrCat(
      finding,
      is_busy ? "" : "It was kept waiting for its core by something else on this machine. ",
      "The latencies contain this delay, and the server may hold more than this run shows. ",
      AdviceFor(report.plan))};
}

}  // namespace

Verdict Judge(const Report& report) {
  Verdict verdict{.warnings = FindWarnings(report)};
  if (report.aborted_by.has_value()) {
    verdict.outcome = Outcome::kThresholdFailed;
    verdict.reasons.push_back(absl::StrCat("aborted: ", *report.aborted_by));
  }
  for (const Threshold& threshold : report.plan.fail_if) {
    if (report.plan.shard.has_value() && IsOfTheWhole(threshold)) continue;
    const ThresholdOutcome outcome = Check(threshold, report);
    // A shard may have none of those users, or none of those who push.
    if (report.plan.shard.has_value() && !outcome.value.has_value()) continue;
    verdict.thresholds.push_back(outcome);
    if (!outcome.failed) continue;
    verdict.outcome = Outcome::kThresholdFailed;
    verdict.reasons.push_back(absl::StrCat(outcome.text, " (", outcome.was, ")"));
  }
  std::string failure = FindRunFailure(report);
  if (!failure.empty()) {
    verdict.outcome = Outcome::kRunFailed;
    verdict.reasons.push_back(std::move(failure));
  }
  return verdict;
}

std::optional<std::string> FindAbort(const Report& report) {
  for (const Threshold& threshold : report.plan.abort_if) {
    const ThresholdOutcome outcome = Check(threshold, report);
    if (outcome.value.has_value() && outcome.failed) {
      return absl::StrCat(outcome.text, " (", outcome.was, ")");
    }
  }
  return std::nullopt;
}

}  // namespace phx::loadgen
