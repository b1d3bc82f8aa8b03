#include "loadgen/json_report.h"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "loadgen/latency_histogram.h"
#include "loadgen/plan_text.h"
#include "loadgen/time_series.h"
#include "loadgen/version.h"
#include "loadgen/workload.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;  // fields stay in the order in which they are written here

Json LatencyJson(const LatencySummary& summary) {
  Json json = {{"count", summary.count},
               {"min", summary.min.count()},
               {"mean", summary.mean.count()},
               {"stdev", summary.stdev.count()}};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    json[absl::StrCat("p", kPercentiles[i])] = summary.percentiles[i].count();
  }
  json["max"] = summary.max.count();
  return json;
}

Json MemoryJson(const Report& report) {
  if (!report.memory_per_connection.has_value()) return nullptr;
  return *report.memory_per_connection;
}

// Of several kinds, each has its own.
void AddKindJson(const UserKind& kind, Json* json) {
  (*json)["channels"] = kind.channels;
  (*json)["workload"] = std::string(ToString(kind.workload));
  (*json)["publishers"] = kind.publishers;
  (*json)["event"] = kind.event;
  (*json)["payload_bytes"] = kind.payload.size.most.bytes;
  (*json)["read_rate_bytes"] = kind.read_rate;
  (*json)["max_outstanding"] = kind.max_outstanding;
}

Json BeganJson(const Report& report) {
  if (!report.load_began_at.has_value()) return nullptr;
  return ToString(*report.load_began_at);
}

Json LabelsJson(const Plan& plan) {
  Json labels = Json::object();
  for (const auto& [key, value] : plan.labels) labels[key] = value;
  return labels;
}

Json RunJson(const Report& report) {
  Json json = {{"url", report.url},
               {"embedded", report.plan.embedded},
               {"started_at", report.started_at},
               {"interrupted", report.interrupted},
               {"load_began_at", BeganJson(report)},
               {"setup_ns", report.setup_time.count()},
               {"warmup_ns", report.plan.warmup.count()},
               {"measured_ns", report.measured_time.count()},
               {"memory_per_connection_bytes", MemoryJson(report)},
               {"threads", report.plan.threads},
               {"server_threads", report.plan.server_threads},
               {"connections", report.plan.connections},
               {"labels", LabelsJson(report.plan)},
               {"scenario", report.plan.scenario},
               {"description", DescribePlan(report.plan)},
               {"model", report.plan.in_flight > 0 ? "closed" : "open"},
               {"in_flight", report.plan.in_flight},
               {"reconnect", report.plan.reconnect},
               {"restart_after_ns", report.plan.restart_after.count()},
               {"seed", report.plan.seed},
               {"main_latency", std::string(ToString(report.plan.main_metric()))}};
  if (report.plan.kinds.size() == 1) AddKindJson(report.plan.kinds.front(), &json);
  return json;
}

Json SetupJson(const SetupCounts& counts) {
  return {{"asked", counts.asked}, {"done", counts.done}, {"failed", counts.failed}};
}

Json PushesJson(const PushCounts& pushes) {
  return {{"due", pushes.due},
          {"sent", pushes.sent},
          {"late", pushes.late},
          {"skipped_busy", pushes.skipped_busy},
          {"skipped_down", pushes.skipped_down},
          {"unsent", pushes.unsent},
          {"replies", pushes.replies},
          {"failed", pushes.failed}};
}

Json RecoveryJson(const RecoveryCounts& recovery) {
  return {{"lost", recovery.lost},
          {"reconnects", recovery.reconnects},
          {"reconnects_failed", recovery.reconnects_failed},
          {"joins_lost", recovery.joins_lost},
          {"rejoins", recovery.rejoins},
          {"unrecovered", recovery.unrecovered()}};
}

Json CountsJson(const Figures& report, const Plan& plan) {
  Json connections = SetupJson(report.connections);
  connections["late"] = report.connections.late;
  Json json = {{"connections", connections},
               {"joins", SetupJson(report.joins)},
               {"pushes", PushesJson(report.pushes)}};
  if (plan.Has(Workload::kBroadcast)) {
    const BroadcastCounts& broadcasts = report.broadcasts;
    json["broadcasts"] = {{"received", broadcasts.received},
                          {"missing", broadcasts.missing},
                          {"duplicates", broadcasts.duplicates},
                          {"reordered", broadcasts.reordered}};
  }
  if (plan.leaves()) {
    json["churn"] = {{"after_leave", report.after_leave}};
  }
  if (plan.Has(Workload::kPresence)) json["presences"] = {{"seen", report.presences}};
  if (plan.reconnect) json["recovery"] = RecoveryJson(report.recovery);
  return json;
}

Json PhasesJson(const std::vector<RatePhaseReport>& phases) {
  Json list = Json::array();
  for (const RatePhaseReport& phase : phases) {
    list.push_back({{"phase", ToString(phase.phase)},
                    {"from", phase.phase.from},
                    {"to", phase.phase.to},
                    {"length_ns", phase.phase.length.count()},
                    {"pushes", PushesJson(phase.pushes)},
                    {"received", phase.received},
                    {"latency_ns", LatencyJson(phase.latency)}});
  }
  return list;
}

Json RatesJson(const PushRates& rates) {
  return {{"asked", rates.asked},       {"sent", rates.sent}, {"replied", rates.replied},
          {"received", rates.received}, {"done", rates.done}, {"achieved", rates.achieved()}};
}

// Programs that group by it find something in any case.
std::string KindOf(const Error& error) {
  return error.kind.empty() ? std::string(ToString(error.cause)) : error.kind;
}

Json ErrorsJson(const std::vector<Error>& errors) {
  Json list = Json::array();
  for (const Error& error : errors) {
    list.push_back({{"phase", std::string(ToString(error.phase))},
                    {"stage", std::string(ToString(error.stage))},
                    {"cause", std::string(ToString(error.cause))},
                    {"kind", KindOf(error)},
                    {"description", Describe(error.stage, error.cause, error.kind)},
                    {"count", error.count},
                    {"example", error.example}});
  }
  return list;
}

Json LatenciesJson(const Figures& report) {
  Json json = Json::object();
  for (const Metric metric : kReportedMetrics) {
    json[std::string(ToString(metric))] = LatencyJson(report.latency(metric));
  }
  return json;
}

Json KindsJson(const Report& report) {
  Json list = Json::array();
  for (const KindReport& kind : report.kinds) {
    Json json = {{"name", kind.kind.name}};
    AddKindJson(kind.kind, &json);
    json["counts"] = CountsJson(kind, report.plan);
    json["rates"] = RatesJson(kind.rates);
    json["main_latency"] = std::string(ToString(kind.main_metric()));
    json["latency_ns"] = LatenciesJson(kind);
    json["errors"] = ErrorsJson(kind.errors);
    list.push_back(std::move(json));
  }
  return list;
}

Json GeneratorJson(const Report& report) {
  Json cpu = Json::array();
  for (const WorkerHealth& worker : report.generator.workers) cpu.push_back(worker.cpu);
  return {{"thread_cpu", cpu},
          {"send_lag_ns", LatencyJson(report.latency(Metric::kSendLag))},
          {"loop_lag_ns", LatencyJson(report.latency(Metric::kLoopLag))}};
}

Json ThresholdsJson(const std::vector<ThresholdOutcome>& thresholds) {
  Json list = Json::array();
  for (const ThresholdOutcome& threshold : thresholds) {
    const Json value = threshold.value.has_value() ? Json(*threshold.value) : Json();
    list.push_back({{"fail_if", threshold.text},
                    {"value", value},
                    {"was", threshold.was},
                    {"failed", threshold.failed}});
  }
  return list;
}

std::string_view ToString(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed: return "passed";
    case Outcome::kThresholdFailed: return "threshold_failed";
    case Outcome::kRunFailed: return "run_failed";
  }
  return "";
}

// What the shards of a merged run did, each by itself.
Json ShardsJson(const std::vector<ShardReport>& shards) {
  Json list = Json::array();
  for (const ShardReport& shard : shards) {
    Json json = {{"shard", ToString(shard.shard)}, {"missing", !shard.is_there}};
    if (shard.is_there) {
      json["machine"] = MachineJson(shard.machine);
      json["connections"] = SetupJson(shard.connections);
      json["rates"] = RatesJson(shard.rates);
      json["latency_ns"] = LatencyJson(shard.latency);
      json["busiest_cpu"] = shard.busiest_cpu;
      json["outcome"] = std::string(ToString(shard.outcome));
      json["reasons"] = shard.reasons;
    }
    list.push_back(std::move(json));
  }
  return list;
}

// A flag that was given more than once has a list.
Json OptionsJson(const Plan& plan) {
  Json json = Json::object();
  for (const auto& [name, value] : plan.given) {
    if (!json.contains(name)) {
      json[name] = value;
    } else if (json[name].is_array()) {
      json[name].push_back(value);
    } else {
      json[name] = Json::array({json[name], value});
    }
  }
  return json;
}

// Bins as [shortest, longest, count]: what merges runs, or computes other percentiles, needs no
// more.
Json HistogramJson(const LatencyHistogram& histogram) {
  Json bins = Json::array();
  for (const LatencyHistogram::Bin& bin : histogram.bins()) {
    bins.push_back(Json::array({bin.low.count(), bin.high.count(), bin.count}));
  }
  return {{"min", histogram.min().count()},
          {"mean", histogram.mean().count()},
          {"max", histogram.max().count()},
          {"bins", bins}};
}

Json HistogramsJson(const Report& report) {
  Json json = Json::object();
  for (const Metric metric : kReportedMetrics) {
    json[std::string(ToString(metric))] = HistogramJson(report.histogram(metric));
  }
  return json;
}

Json SeriesRowsJson(const std::vector<SeriesRow>& series) {
  Json rows = Json::array();
  for (const SeriesRow& row : series) {
    Json values = SeriesValues(row);
    values.insert(values.begin(), std::string(ToString(row.phase)));
    rows.push_back(std::move(values));
  }
  return rows;
}

Json SeriesJson(const Report& report) {
  Json columns = SeriesColumns();
  columns.insert(columns.begin(), "phase");
  Json series = {{"columns", columns}, {"rows", SeriesRowsJson(report.series.rows())}};
  const auto& kinds = report.series.kinds();
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    series["users"][report.plan.kinds[i].name] = SeriesRowsJson(kinds[i]);
  }
  return series;
}

// What a server said may not be UTF-8: then it is shown with replacement characters.
std::string Dump(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

// Indented for people, but with one line for each histogram and each part of the series, whose
// thousands of numbers nobody reads down the page.
std::string DumpRun(const Json& run) {
  std::string text = "{";
  for (const auto& [name, value] : run.items()) {
    absl::StrAppend(&text, text.size() > 1 ? "," : "", "\n  \"", name, "\": ");
    if (name != "histograms_ns" && name != "series" && name != "shard") {
      absl::StrAppend(&text, absl::StrReplaceAll(Dump(value, 2), {{"\n", "\n  "}}));
      continue;
    }
    const char* separator = "{";
    for (const auto& [part, values] : value.items()) {
      absl::StrAppend(&text, separator, "\n    \"", part, "\": ", Dump(values, -1));
      separator = ",";
    }
    absl::StrAppend(&text, "\n  }");
  }
  return text + "\n}\n";
}

}  // namespace

nlohmann::ordered_json MachineJson(const Machine& machine) {
  return {{"host", machine.host},
          {"system", machine.system},
          {"cpu", machine.cpu},
          {"cores", machine.cores},
          {"memory_bytes", machine.memory_bytes}};
}

nlohmann::ordered_json SummaryJson(const Report& report) {
  return {{"schema", kRunSchema},
          {"schema_version", kRunSchemaVersion},
          {"passed", report.verdict.passed()},
          {"outcome", std::string(ToString(report.verdict.outcome))},
          {"reasons", report.verdict.reasons},
          {"thresholds", ThresholdsJson(report.verdict.thresholds)},
          {"warnings", report.verdict.warnings},
          {"run", RunJson(report)},
          {"counts", CountsJson(report, report.plan)},
          {"rates", RatesJson(report.rates)},
          {"phases", PhasesJson(report.rate_phases)},
          {"users", KindsJson(report)},
          {"latency_ns", LatenciesJson(report)},
          {"errors", ErrorsJson(report.errors)},
          {"disruptions", ErrorsJson(report.disruptions)},
          {"generator", GeneratorJson(report)},
          {"tool", {{"name", "loadgen"}, {"version", kVersion}}},
          {"machine", MachineJson(report.machine)},
          {"options", OptionsJson(report.plan)}};
}

std::string FormatJson(const Report& report, const nlohmann::ordered_json& shard) {
  Json run = SummaryJson(report);
  if (!report.shards.empty()) run["shards"] = ShardsJson(report.shards);
  run["histograms_ns"] = HistogramsJson(report);
  run["series"] = SeriesJson(report);
  if (!shard.is_null()) run["shard"] = shard;
  return DumpRun(run);
}

}  // namespace phx::loadgen
