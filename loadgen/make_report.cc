#include "loadgen/make_report.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/verdict.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

SetupCounts CountConnections(std::uint64_t asked, const Recorder& setup) {
  return {.asked = asked,
          .done = setup.count(Counter::kConnected),
          .failed = setup.failures().count(Stage::kConnect),
          .late = setup.count(Counter::kConnectsLate)};
}

SetupCounts CountJoins(std::uint64_t asked, const Recorder& setup) {
  return {.asked = asked,
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

PushRates ComputeRates(const UserKind& kind, double asked, const Recorder& measured,
                       Duration measured_time) {
  PushRates rates{.asked = asked};
  const double seconds = ToSeconds(measured_time);
  if (seconds <= 0) return rates;
  rates.sent = static_cast<double>(measured.count(Counter::kPushesSent)) / seconds;
  rates.replied = static_cast<double>(measured.count(Counter::kRepliesInTime)) / seconds;
  rates.done = ExpectsReplies(kind.workload) ? rates.replied : rates.sent;
  rates.kept = asked > 0 ? rates.done : 0;
  rates.received = static_cast<double>(measured.count(Counter::kBroadcasts)) / seconds;
  return rates;
}

// How much of its average rate was asked of a run: of one that was cut short only its phases up to
// then count.
double ShareOfAverageRate(const Plan& plan, Duration measured_time) {
  if (plan.phases.empty() || plan.rate <= 0 || measured_time <= Duration::zero()) return 1;
  return AverageRateUntil(plan.phases, measured_time) / AverageRate(plan.phases);
}

PushRates Sum(const std::vector<KindReport>& kinds) {
  PushRates sum;
  for (const KindReport& kind : kinds) {
    sum.asked += kind.rates.asked;
    sum.sent += kind.rates.sent;
    sum.replied += kind.rates.replied;
    sum.done += kind.rates.done;
    sum.kept += kind.rates.kept;
    sum.received += kind.rates.received;
  }
  return sum;
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

void MergeHistograms(const Recorder& recorder, Figures* figures) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    figures->histograms[i].Merge(recorder.latency(static_cast<Metric>(i)));
  }
}

void AddRatePhases(const std::vector<Recorder>& recorders, Report* report) {
  for (std::size_t i = 0; i < std::min(recorders.size(), report->plan.phases.size()); ++i) {
    report->rate_phases.push_back(
        {.phase = report->plan.phases[i],
         .pushes = CountPushes(recorders[i]),
         .received = recorders[i].count(Counter::kBroadcasts),
         .latency = Summarize(recorders[i].latency(report->plan.main_metric()))});
  }
}

std::uint64_t CountAttempts(const Recorder& recorder) {
  return recorder.count(Counter::kConnectsStarted) + recorder.count(Counter::kJoinsStarted) +
         recorder.count(Counter::kPushesSent);
}

// All but connections and joins asked for, and rates.
void FillFigures(const PhaseRecorders& recorders, Figures* figures) {
  const Recorder& setup = recorders[Phase::kSetup];
  const Recorder& measured = recorders[Phase::kMeasured];
  figures->pushes = CountPushes(measured);
  figures->broadcasts = CountBroadcasts(measured);
  figures->presences = measured.count(Counter::kPresences);
  MergeHistograms(setup, figures);
  MergeHistograms(measured, figures);
  for (const Phase phase : kPhases) {
    const Recorder& recorder = recorders[phase];
    figures->attempts += CountAttempts(recorder);
    figures->after_leave += recorder.count(Counter::kAfterLeave);
    AddRecovery(recorder, &figures->recovery);
    CollectErrors(phase, recorder.failures(), &figures->errors);
    CollectErrors(phase, recorder.disruptions(), &figures->disruptions);
  }
}

KindReport MakeKindReport(const Plan& plan, const UserKind& kind, const PhaseRecorders& recorders,
                          Duration measured_time) {
  KindReport report;
  report.kind = kind;
  FillFigures(recorders, &report);
  const std::uint64_t connections = plan.own_connections(kind);
  report.connections = CountConnections(connections, recorders[Phase::kSetup]);
  report.joins = CountJoins(connections * kind.channels, recorders[Phase::kSetup]);
  const double asked = plan.own_rate(kind) * ShareOfAverageRate(plan, measured_time);
  report.rates = ComputeRates(kind, asked, recorders[Phase::kMeasured], measured_time);
  return report;
}

void AddKinds(const RunResult& result, Report* report) {
  const Plan& plan = report->plan;
  const std::vector<PhaseRecorders>& recorded = result.recorders.kinds();
  for (std::size_t i = 0; i < plan.kinds.size(); ++i) {
    const PhaseRecorders& of_kind = i < recorded.size() ? recorded[i] : PhaseRecorders();
    report->kinds.push_back(MakeKindReport(plan, plan.kinds[i], of_kind, result.measured_time));
  }
}

}  // namespace

Report MakeReport(const Plan& plan, const RunResult& result) {
  const Recorder& setup = result.recorders[Phase::kSetup];
  Report report;
  report.plan = plan;
  report.url = result.url;
  report.started_at = result.started_at;
  report.memory_per_connection = result.memory_per_connection;
  report.machine = result.machine;
  report.load_began_at = result.load_began_at;
  report.failure = result.failure;
  report.setup_time = result.setup_time;
  report.measured_time = result.measured_time;
  report.interrupted = result.interrupted;
  report.aborted_by = result.aborted_by;
  report.series = result.series;
  report.generator = Examine(result);
  FillFigures(result.recorders, &report);
  report.connections = CountConnections(plan.own_connections(), setup);
  report.joins = CountJoins(plan.own_joins(), setup);
  if (plan.kinds.size() > 1) {
    AddKinds(result, &report);
    report.rates = Sum(report.kinds);
  } else {
    const double asked = plan.own_rate() * ShareOfAverageRate(plan, result.measured_time);
    report.rates = ComputeRates(plan.kinds.front(), asked, result.recorders[Phase::kMeasured],
                                result.measured_time);
  }
  AddRatePhases(result.recorders.rate_phases(), &report);
  report.verdict = Judge(report);
  return report;
}

}  // namespace phx::loadgen
