#include "loadgen/make_report.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "loadgen/recorder.h"
#include "loadgen/verdict.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

SetupCounts CountConnections(const Plan& plan, const Recorder& setup) {
  return {.asked = plan.connections,
          .done = setup.count(Counter::kConnected),
          .failed = setup.failures().count(Stage::kConnect),
          .late = setup.count(Counter::kConnectsLate)};
}

SetupCounts CountJoins(const Plan& plan, const Recorder& setup) {
  return {.asked = plan.connections * plan.channels,
          .done = setup.count(Counter::kJoined),
          .failed = setup.failures().count(Stage::kJoin)};
}

PushCounts CountPushes(const Recorder& measured) {
  return {.due = measured.count(Counter::kPushesDue),
          .sent = measured.count(Counter::kPushesSent),
          .late = measured.count(Counter::kPushesLate),
          .skipped_busy = measured.count(Counter::kSkippedBusy),
          .skipped_down = measured.count(Counter::kSkippedDown),
          .unsent = measured.count(Counter::kUnsent),
          .replies = measured.count(Counter::kReplies),
          .failed = measured.failures().count(Stage::kPush)};
}

BroadcastCounts CountBroadcasts(const Recorder& measured) {
  return {.received = measured.count(Counter::kBroadcasts),
          .missing = measured.count(Counter::kMissing),
          .duplicates = measured.count(Counter::kDuplicates),
          .reordered = measured.count(Counter::kReordered)};
}

PushRates ComputeRates(const Plan& plan, const Recorder& measured, Duration measured_time) {
  PushRates rates{.asked = plan.rate};
  const double seconds = ToSeconds(measured_time);
  if (seconds <= 0) return rates;
  rates.sent = static_cast<double>(measured.count(Counter::kPushesSent)) / seconds;
  rates.replied = static_cast<double>(measured.count(Counter::kRepliesInTime)) / seconds;
  rates.done = ExpectsReplies(plan.workload) ? rates.replied : rates.sent;
  rates.received = static_cast<double>(measured.count(Counter::kBroadcasts)) / seconds;
  return rates;
}

void AddRecovery(const Recorder& recorder, RecoveryCounts* recovery) {
  recovery->lost += recorder.count(Counter::kLost);
  recovery->reconnects += recorder.count(Counter::kReconnects);
  recovery->reconnects_failed += recorder.count(Counter::kReconnectsFailed);
  recovery->joins_lost += recorder.count(Counter::kJoinsLost);
  recovery->rejoins += recorder.count(Counter::kRejoins);
}

void CollectErrors(Phase phase, const FailureTable& failures, std::vector<Error>* errors) {
  for (FailureTable::Row& row : failures.rows()) {
    errors->push_back({.phase = phase,
                       .stage = row.stage,
                       .cause = row.cause,
                       .kind = std::move(row.kind),
                       .count = row.count,
                       .example = std::move(row.example)});
  }
}

GeneratorHealth Examine(const RunResult& result) {
  GeneratorHealth health{.workers = result.workers};
  for (const WorkerHealth& worker : result.workers) {
    health.busiest_cpu = std::max(health.busiest_cpu, worker.cpu);
  }
  return health;
}

void MergeHistograms(const Recorder& recorder, Report* report) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    report->histograms[i].Merge(recorder.latency(static_cast<Metric>(i)));
  }
}

void AddRatePhases(const std::vector<Recorder>& recorders, Report* report) {
  for (std::size_t i = 0; i < std::min(recorders.size(), report->plan.phases.size()); ++i) {
    report->rate_phases.push_back(
        {.phase = report->plan.phases[i],
         .pushes = CountPushes(recorders[i]),
         .received = recorders[i].count(Counter::kBroadcasts),
         .latency = Summarize(recorders[i].latency(report->main_metric()))});
  }
}

std::uint64_t CountAttempts(const Recorder& recorder) {
  return recorder.count(Counter::kConnectsStarted) + recorder.count(Counter::kJoinsStarted) +
         recorder.count(Counter::kPushesSent);
}

}  // namespace

Report MakeReport(const Plan& plan, const RunResult& result) {
  const Recorder& setup = result.recorders[Phase::kSetup];
  const Recorder& measured = result.recorders[Phase::kMeasured];
  Report report{.plan = plan,
                .url = result.url,
                .started_at = result.started_at,
                .memory_per_connection = result.memory_per_connection,
                .machine = result.machine,
                .setup_time = result.setup_time,
                .measured_time = result.measured_time,
                .interrupted = result.interrupted,
                .aborted_by = result.aborted_by,
                .connections = CountConnections(plan, setup),
                .joins = CountJoins(plan, setup),
                .pushes = CountPushes(measured),
                .broadcasts = CountBroadcasts(measured),
                .rates = ComputeRates(plan, measured, result.measured_time),
                .series = result.series,
                .generator = Examine(result)};
  MergeHistograms(setup, &report);
  MergeHistograms(measured, &report);
  for (const Phase phase : kPhases) {
    const Recorder& recorder = result.recorders[phase];
    report.attempts += CountAttempts(recorder);
    report.after_leave += recorder.count(Counter::kAfterLeave);
    AddRecovery(recorder, &report.recovery);
    CollectErrors(phase, recorder.failures(), &report.errors);
    CollectErrors(phase, recorder.disruptions(), &report.disruptions);
  }
  AddRatePhases(result.recorders.rate_phases(), &report);
  report.verdict = Judge(report);
  return report;
}

}  // namespace phx::loadgen
