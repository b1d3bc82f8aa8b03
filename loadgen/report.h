// Report: the outcome of a run as plain data. MakeReport() (make_report.h) makes it; formatters
// (text_report.h, json_report.h) only print it.
#ifndef PHX_LOADGEN_REPORT_H_
#define PHX_LOADGEN_REPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/failure.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/latency_summary.h"
#include "loadgen/machine.h"
#include "loadgen/plan.h"
#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/run_result.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/time.h"
#include "loadgen/time_series.h"
#include "loadgen/user_kind.h"

namespace phx::loadgen {

// Connections, or joins, in the setup.
struct SetupCounts {
  std::uint64_t asked = 0;
  std::uint64_t done = 0;
  std::uint64_t failed = 0;
  std::uint64_t late = 0;
};

// Pushes that were due while measuring. due = sent + skipped_busy + skipped_down + unsent;
// sent = replies + failed.
struct PushCounts {
  std::uint64_t due = 0;
  std::uint64_t sent = 0;
  std::uint64_t late = 0;  // among those sent
  std::uint64_t skipped_busy = 0;
  std::uint64_t skipped_down = 0;
  std::uint64_t unsent = 0;
  std::uint64_t replies = 0;
  std::uint64_t failed = 0;
};

// Broadcasts, each counted once for every member of its topic.
struct BroadcastCounts {
  std::uint64_t received = 0;
  std::uint64_t missing = 0;  // of the warm-up too
  std::uint64_t duplicates = 0;
  std::uint64_t reordered = 0;  // among those received

  std::uint64_t owed() const { return received + missing; }
};

// One of Plan::phases, as far as the run came.
struct RatePhaseReport {
  RatePhase phase = {};
  PushCounts pushes = {};
  std::uint64_t received = 0;   // broadcasts
  LatencySummary latency = {};  // of Plan::main_metric()
};

// With --reconnect, of all phases: connections that were lost, and what became of them.
struct RecoveryCounts {
  std::uint64_t lost = 0;
  std::uint64_t reconnects = 0;
  std::uint64_t reconnects_failed = 0;  // attempts
  std::uint64_t joins_lost = 0;
  std::uint64_t rejoins = 0;

  std::uint64_t unrecovered() const { return lost - reconnects + joins_lost - rejoins; }
};

// Per second, while measuring.
struct PushRates {
  double asked = 0;
  double sent = 0;
  double replied = 0;   // replies that arrived while measuring, whenever their pushes were due
  double done = 0;      // replied, or, where there are no replies, sent
  double kept = 0;      // the part of that which was asked for
  double received = 0;  // broadcasts
  double achieved() const { return asked > 0 ? kept / asked : 1; }
};

struct Error {
  Phase phase = Phase::kSetup;
  Stage stage = Stage::kConnect;
  Cause cause = Cause::kOther;
  std::string kind = {};  // as in Failure
  std::uint64_t count = 0;
  std::string example = {};  // what the first of them said
};

struct GeneratorHealth {
  std::vector<WorkerHealth> workers = {};
  double busiest_cpu = 0;  // of one core
};

// What became of one condition of --fail-if.
struct ThresholdOutcome {
  std::string text = {};                       // as it was written
  std::optional<double> value = std::nullopt;  // as Threshold::limit; none: nothing was recorded
  std::string was = {};                        // the value, for people
  bool failed = false;                         // it held, or could not be checked
};

enum class Outcome : std::uint8_t {
  kPassed,
  kThresholdFailed,  // a condition of --fail-if or --abort-if held
  kRunFailed,        // there is nothing to hold conditions against
};

struct Verdict {
  Outcome outcome = Outcome::kPassed;
  std::vector<std::string> reasons = {};  // why not; empty if passed
  std::vector<ThresholdOutcome> thresholds = {};
  // What makes the figures doubtful, such as that the generator was the limit.
  std::vector<std::string> warnings = {};

  bool passed() const { return outcome == Outcome::kPassed; }
};

// What was counted and timed, of all users or of one kind of them.
struct Figures {
  SetupCounts connections = {};
  SetupCounts joins = {};
  PushCounts pushes = {};
  BroadcastCounts broadcasts = {};
  std::uint64_t after_leave = 0;  // messages, of all phases
  std::uint64_t presences = 0;    // of others that somebody saw come, while measuring
  RecoveryCounts recovery = {};
  PushRates rates = {};
  // By Metric, of the setup and the measured time.
  std::array<LatencyHistogram, kMetricCount> histograms = {};
  std::uint64_t attempts = 0;           // connections, joins and pushes of all phases
  std::vector<Error> errors = {};       // of all phases
  std::vector<Error> disruptions = {};  // the same of Recorder::disruptions()

  const LatencyHistogram& histogram(Metric metric) const {
    return histograms[static_cast<std::size_t>(metric)];
  }
  LatencySummary latency(Metric metric) const { return Summarize(histogram(metric)); }
  std::uint64_t error_count() const;
};

// The figures of one kind of users, of several. What is missing of broadcasts is known of all kinds
// together only.
struct KindReport : Figures {
  UserKind kind = {};

  // The latency that these users are about.
  Metric main_metric() const;
};

// Of a run that was merged (merge.h): one of its parts.
struct ShardReport {
  Shard shard = {};
  bool is_there = false;  // if not, there is nothing else to tell
  Machine machine = {};
  SetupCounts connections = {};
  PushRates rates = {};
  LatencySummary latency = {};  // of Plan::main_metric()
  double busiest_cpu = 0;       // of one core
  Outcome outcome = Outcome::kPassed;
  std::vector<std::string> reasons = {};  // why not
};

struct Report : Figures {
  Plan plan = {};
  std::string url = {};
  std::string started_at = {};
  std::optional<std::uint64_t> memory_per_connection = std::nullopt;  // as in RunResult
  Machine machine = {};
  std::optional<WallTime> load_began_at = std::nullopt;
  std::optional<std::string> failure = std::nullopt;  // as in RunResult
  Duration setup_time = {};
  Duration measured_time = {};
  bool interrupted = false;
  std::optional<std::string> aborted_by = std::nullopt;  // the condition of --abort-if that held

  // Interrupted by somebody, which says nothing of what was measured.
  bool was_stopped() const { return interrupted && !aborted_by.has_value(); }

  std::vector<RatePhaseReport> rate_phases = {};
  std::vector<KindReport> kinds = {};  // empty: there is only one
  TimeSeries series = {};
  GeneratorHealth generator = {};
  Verdict verdict = {};
  std::vector<ShardReport> shards = {};  // of a run that was merged
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_REPORT_H_
