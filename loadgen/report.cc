#include "loadgen/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"

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

SetupCounts CountConnections(const Plan& plan, const Recorder& setup) {
  return {.asked = plan.connections,
          .done = setup.count(Counter::kConnected),
          .failed = setup.failures(Stage::kConnect),
          .late = setup.count(Counter::kConnectsLate)};
}

SetupCounts CountJoins(const Plan& plan, const Recorder& setup) {
  return {.asked = plan.connections * plan.channels,
          .done = setup.count(Counter::kJoined),
          .failed = setup.failures(Stage::kJoin)};
}

PushCounts CountPushes(const Recorder& measured) {
  return {.due = measured.count(Counter::kPushesDue),
          .sent = measured.count(Counter::kPushesSent),
          .late = measured.count(Counter::kPushesLate),
          .skipped_busy = measured.count(Counter::kSkippedBusy),
          .skipped_down = measured.count(Counter::kSkippedDown),
          .unsent = measured.count(Counter::kUnsent),
          .replies = measured.count(Counter::kReplies),
          .failed = measured.failures(Stage::kPush)};
}

PushRates ComputeRates(const Plan& plan, const Recorder& measured, Duration measured_time) {
  PushRates rates{.asked = plan.rate};
  const double seconds = ToSeconds(measured_time);
  if (seconds <= 0) return rates;
  rates.sent = static_cast<double>(measured.count(Counter::kPushesSent)) / seconds;
  rates.replied = static_cast<double>(measured.count(Counter::kRepliesInTime)) / seconds;
  return rates;
}

void CollectErrors(Phase phase, const Recorder& recorder, std::vector<Error>* errors) {
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
      const FailureCount& failure =
          recorder.failures(static_cast<Stage>(stage), static_cast<Cause>(cause));
      if (failure.count == 0) continue;
      errors->push_back({.phase = phase,
                         .stage = static_cast<Stage>(stage),
                         .cause = static_cast<Cause>(cause),
                         .count = failure.count,
                         .example = failure.example});
    }
  }
}

GeneratorHealth Examine(const RunResult& result) {
  const Recorder& measured = result.recorders[Phase::kMeasured];
  GeneratorHealth health{.workers = result.workers,
                         .send_lag = Summarize(measured.latency(Metric::kSendLag)),
                         .loop_lag = Summarize(measured.latency(Metric::kLoopLag))};
  for (const WorkerHealth& worker : result.workers) {
    health.busiest_cpu = std::max(health.busiest_cpu, worker.cpu);
  }
  return health;
}

// Why the run failed. What is missing is said before what it caused.
std::vector<std::string> FindReasons(const Report& report) {
  std::vector<std::string> reasons;
  std::uint64_t errors = 0;
  for (const Error& error : report.errors) errors += error.count;
  if (errors > 0 && !report.plan.allow_errors) {
    reasons.push_back(absl::StrCat(CountText(errors), errors == 1 ? " error" : " errors"));
  }
  if (report.connections.done == 0) {
    reasons.emplace_back("no connection was opened");
  } else if (report.measured_time == Duration::zero()) {
    reasons.emplace_back(report.interrupted ? "the run was stopped before anything was measured"
                                            : "no channel was joined, so nothing was measured");
  } else if (report.rates.achieved() < report.plan.min_achieved) {
    reasons.push_back(absl::StrCat("replies came at ", RateText(report.rates.replied), ", ",
                                   PercentText(report.rates.achieved()), " of the ",
                                   RateText(report.rates.asked), " asked for; --min-achieved is ",
                                   PercentText(report.plan.min_achieved)));
  }
  return reasons;
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
  const Duration turns_late = health.loop_lag.percentiles[2];  // p99
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

LatencySummary Summarize(const LatencyHistogram& histogram) {
  LatencySummary summary{.count = histogram.count(),
                         .min = histogram.min(),
                         .mean = histogram.mean(),
                         .max = histogram.max()};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    summary.percentiles[i] = histogram.Percentile(kPercentiles[i]);
  }
  return summary;
}

Report MakeReport(const Plan& plan, const RunResult& result) {
  const Recorder& setup = result.recorders[Phase::kSetup];
  const Recorder& measured = result.recorders[Phase::kMeasured];
  Report report{.plan = plan,
                .url = result.url,
                .started_at = result.started_at,
                .setup_time = result.setup_time,
                .measured_time = result.measured_time,
                .interrupted = result.interrupted,
                .connections = CountConnections(plan, setup),
                .joins = CountJoins(plan, setup),
                .pushes = CountPushes(measured),
                .rates = ComputeRates(plan, measured, result.measured_time),
                .connect = Summarize(setup.latency(Metric::kConnect)),
                .join = Summarize(setup.latency(Metric::kJoin)),
                .push = Summarize(measured.latency(Metric::kPush)),
                .generator = Examine(result)};
  for (const Phase phase : {Phase::kSetup, Phase::kWarmup, Phase::kMeasured}) {
    CollectErrors(phase, result.recorders[phase], &report.errors);
  }
  report.reasons = FindReasons(report);
  report.passed = report.reasons.empty();
  report.warnings = FindWarnings(report);
  return report;
}

}  // namespace phx::loadgen
