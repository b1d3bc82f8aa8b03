#include "loadgen/shard_run.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/broadcast_tally.h"
#include "loadgen/json_report.h"
#include "loadgen/latency_summary.h"
#include "loadgen/machine.h"
#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/recorder_json.h"
#include "loadgen/run_file.h"
#include "loadgen/shard.h"
#include "loadgen/start_time.h"
#include "loadgen/threshold.h"
#include "loadgen/time.h"
#include "loadgen/time_series.h"
#include "loadgen/user_kind.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

// A value that may be missing.
template <typename T>
Json OptionalJson(const std::optional<T>& value) {
  return value.has_value() ? Json(*value) : Json();
}

Json KindJson(const UserKind& kind) {
  return {{"name", kind.name},
          {"first", kind.first},
          {"connections", kind.connections},
          {"channels", kind.channels},
          {"workload", std::string(ToString(kind.workload))},
          {"rate_share", kind.rate_share},
          {"publishers", kind.publishers},
          {"event", kind.event},
          {"least_payload_bytes", kind.payload.size.least.bytes},
          {"most_payload_bytes", kind.payload.size.most.bytes},
          {"binary", kind.payload.is_binary},
          {"max_outstanding", kind.max_outstanding},
          {"steps", kind.script.size()},
          {"long_polling", kind.uses_long_polling},
          {"read_rate_bytes", kind.read_rate},
          {"leaves", kind.leaves},
          {"sees_presences", kind.sees_presences},
          {"hears", kind.hears}};
}

Json PlanJson(const Plan& plan) {
  Json phases = Json::array();
  for (const RatePhase& phase : plan.phases) {
    phases.push_back({{"name", phase.name},
                      {"from", phase.from},
                      {"to", phase.to},
                      {"length_ns", phase.length.count()}});
  }
  Json fail_if = Json::array();
  for (const Threshold& threshold : plan.fail_if) fail_if.push_back(threshold.text);
  Json kinds = Json::array();
  for (const UserKind& kind : plan.kinds) kinds.push_back(KindJson(kind));
  return {{"scenario", plan.scenario},
          {"seed", plan.seed},
          {"embedded", plan.embedded},
          {"threads", plan.threads},
          {"server_threads", plan.server_threads},
          {"connections", plan.connections},
          {"kinds", std::move(kinds)},
          {"rate", plan.rate},
          {"phases", std::move(phases)},
          {"in_flight", plan.in_flight},
          {"reconnect", plan.reconnect},
          {"restart_after_ns", plan.restart_after.count()},
          {"warmup_ns", plan.warmup.count()},
          {"duration_ns", plan.duration.count()},
          {"interval_ns", plan.interval.count()},
          {"fail_if", std::move(fail_if)},
          {"given", plan.given},
          {"labels", plan.labels}};
}

Json CountsJson(const BroadcastTally::Counts& counts) {
  return {counts.receivers, counts.sent, counts.received, counts.received_of_other};
}

Json BroadcastsJson(const std::optional<BroadcastTally>& broadcasts) {
  if (!broadcasts.has_value()) return nullptr;
  Json shared = Json::object();
  for (const auto& [topic, counts] : broadcasts->shared_topics()) {
    shared[topic] = CountsJson(counts);
  }
  return {{"own", CountsJson(broadcasts->own_topics())}, {"shared", std::move(shared)}};
}

Json RecordersJson(const PhaseRecorders& recorders) {
  Json json = Json::object();
  for (const Phase phase : kPhases) {
    json[std::string(ToString(phase))] = RecorderJson(recorders[phase]);
  }
  json["rate_phases"] = Json::array();
  for (const Recorder& recorder : recorders.rate_phases()) {
    json["rate_phases"].push_back(RecorderJson(recorder));
  }
  json["kinds"] = Json::array();
  for (const PhaseRecorders& of_kind : recorders.kinds()) {
    json["kinds"].push_back(RecordersJson(of_kind));
  }
  return json;
}

Json RowJson(const SeriesRow& row) {
  Json histograms = Json::array();
  for (const LatencyHistogram::Contents& contents : row.histograms) {
    histograms.push_back(contents.bins.empty() ? Json() : ContentsJson(contents));
  }
  return {{"phase", std::string(ToString(row.phase))},
          {"start_ns", row.start.count()},
          {"end_ns", row.end.count()},
          {"counters", row.counters},
          {"failed", row.failed_pushes},
          {"errors", row.errors},
          {"histograms", std::move(histograms)}};
}

Json RowsJson(const std::vector<SeriesRow>& rows) {
  Json json = Json::array();
  for (const SeriesRow& row : rows) json.push_back(RowJson(row));
  return json;
}

Json ResultJson(const RunResult& result) {
  Json cpu = Json::array();
  for (const WorkerHealth& worker : result.workers) cpu.push_back(worker.cpu);
  Json series_of_kinds = Json::array();
  for (const std::vector<SeriesRow>& rows : result.series.kinds()) {
    series_of_kinds.push_back(RowsJson(rows));
  }
  Json began;
  Json began_at;
  if (result.load_began.has_value()) began = result.load_began->count();
  if (result.load_began_at.has_value()) {
    began_at = result.load_began_at->time_since_epoch().count();
  }
  return {{"url", result.url},
          {"started_at", result.started_at},
          {"load_began_ns", std::move(began)},
          {"load_began_at_unix_ns", std::move(began_at)},
          {"failure", OptionalJson(result.failure)},
          {"setup_ns", result.setup_time.count()},
          {"measured_ns", result.measured_time.count()},
          {"interrupted", result.interrupted},
          {"aborted_by", OptionalJson(result.aborted_by)},
          {"memory_per_connection_bytes", OptionalJson(result.memory_per_connection)},
          {"machine", MachineJson(result.machine)},
          {"thread_cpu", std::move(cpu)},
          {"broadcasts", BroadcastsJson(result.broadcasts)},
          {"recorders", RecordersJson(result.recorders)},
          {"series", RowsJson(result.series.rows())},
          {"series_of_kinds", std::move(series_of_kinds)}};
}

// Reading throws nlohmann::json::exception for what is not there; ParseShardRun() catches it.

Duration ReadDuration(const nlohmann::json& json, const char* name) {
  return Duration(json.at(name).get<Duration::rep>());
}

template <typename T>
std::optional<T> ReadOptional(const nlohmann::json& json, const char* name) {
  const nlohmann::json& value = json.at(name);
  return value.is_null() ? std::nullopt : std::optional<T>(value.get<T>());
}

std::vector<RatePhase> ReadPhases(const nlohmann::json& json) {
  std::vector<RatePhase> phases;
  for (const nlohmann::json& phase : json) {
    phases.push_back({.name = phase.at("name"),
                      .from = phase.at("from"),
                      .to = phase.at("to"),
                      .length = ReadDuration(phase, "length_ns")});
  }
  return phases;
}

// What reports tell of it; of the steps only how many there are.
UserKind ReadKind(const nlohmann::json& json) {
  UserKind kind;
  kind.name = json.at("name");
  kind.first = json.at("first");
  kind.connections = json.at("connections");
  kind.channels = json.at("channels");
  kind.workload = ParseWorkload(json.at("workload").get<std::string>()).value_or(Workload::kReply);
  kind.rate_share = json.at("rate_share");
  kind.publishers = json.at("publishers");
  kind.event = json.at("event");
  kind.payload.size = {.least = {json.at("least_payload_bytes").get<std::uint64_t>()},
                       .most = {json.at("most_payload_bytes").get<std::uint64_t>()}};
  kind.payload.is_binary = json.at("binary");
  kind.max_outstanding = json.at("max_outstanding");
  kind.script.resize(json.at("steps").get<std::size_t>());
  kind.uses_long_polling = json.at("long_polling");
  kind.read_rate = json.at("read_rate_bytes");
  kind.leaves = json.at("leaves");
  kind.sees_presences = json.at("sees_presences");
  json.at("hears").get_to(kind.hears);
  return kind;
}

Plan ReadPlan(const nlohmann::json& json) {
  Plan plan;
  plan.scenario = json.at("scenario");
  plan.seed = json.at("seed");
  plan.embedded = json.at("embedded");
  plan.threads = json.at("threads");
  plan.server_threads = json.at("server_threads");
  plan.connections = json.at("connections");
  for (const nlohmann::json& kind : json.at("kinds")) plan.kinds.push_back(ReadKind(kind));
  plan.rate = json.at("rate");
  plan.phases = ReadPhases(json.at("phases"));
  plan.in_flight = json.at("in_flight");
  plan.reconnect = json.at("reconnect");
  plan.restart_after = ReadDuration(json, "restart_after_ns");
  plan.warmup = ReadDuration(json, "warmup_ns");
  plan.duration = ReadDuration(json, "duration_ns");
  plan.interval = ReadDuration(json, "interval_ns");
  for (const nlohmann::json& text : json.at("fail_if")) {
    absl::StatusOr<Threshold> threshold = ParseThreshold(text.get<std::string>());
    if (threshold.ok()) plan.fail_if.push_back(*std::move(threshold));
  }
  json.at("given").get_to(plan.given);
  json.at("labels").get_to(plan.labels);
  return plan;
}

SeriesRow ReadRow(const nlohmann::json& json) {
  SeriesRow row = {.phase = ReadEnum<Phase>(json.at("phase"), kPhaseCount),
                   .start = ReadDuration(json, "start_ns"),
                   .end = ReadDuration(json, "end_ns"),
                   .failed_pushes = json.at("failed"),
                   .errors = json.at("errors")};
  json.at("counters").get_to(row.counters);
  const nlohmann::json& histograms = json.at("histograms");
  for (std::size_t i = 0; i < kReportedMetrics.size(); ++i) {
    const nlohmann::json& contents = histograms.at(i);
    const LatencyHistogram histogram =
        contents.is_null() ? LatencyHistogram() : ReadHistogram(contents);
    row.latencies.at(i) = Summarize(histogram);
    row.histograms.push_back(histogram.contents());
  }
  return row;
}

BroadcastTally::Counts ReadCounts(const nlohmann::json& json) {
  return {.receivers = json.at(0),
          .sent = json.at(1),
          .received = json.at(2),
          .received_of_other = json.at(3)};
}

std::optional<BroadcastTally> ReadBroadcasts(const nlohmann::json& json) {
  if (json.is_null()) return std::nullopt;
  BroadcastTally tally;
  tally.Add(BroadcastTally::kOwnTopics, ReadCounts(json.at("own")));
  for (const auto& [topic, counts] : json.at("shared").items()) {
    tally.Add(tally.Topic(topic), ReadCounts(counts));
  }
  return tally;
}

PhaseRecorders ReadRecorders(const nlohmann::json& json) {
  PhaseRecorders recorders;
  for (const Phase phase : kPhases) {
    recorders[phase] = ReadRecorder(json.at(std::string(ToString(phase))));
  }
  const nlohmann::json& rate_phases = json.at("rate_phases");
  for (std::size_t i = 0; i < rate_phases.size(); ++i) {
    recorders.rate_phase(i) = ReadRecorder(rate_phases.at(i));
  }
  const nlohmann::json& kinds = json.at("kinds");
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    recorders.KeepKind(i, ReadRecorders(kinds.at(i)));
  }
  return recorders;
}

RunResult ReadResult(const nlohmann::json& json) {
  const nlohmann::json& machine = json.at("machine");
  RunResult result = {
      .url = json.at("url"),
      .started_at = json.at("started_at"),
      .failure = ReadOptional<std::string>(json, "failure"),
      .setup_time = ReadDuration(json, "setup_ns"),
      .measured_time = ReadDuration(json, "measured_ns"),
      .interrupted = json.at("interrupted"),
      .aborted_by = ReadOptional<std::string>(json, "aborted_by"),
      .memory_per_connection = ReadOptional<std::uint64_t>(json, "memory_per_connection_bytes"),
      .machine = {.host = machine.at("host"),
                  .system = machine.at("system"),
                  .cpu = machine.at("cpu"),
                  .cores = machine.at("cores"),
                  .memory_bytes = machine.at("memory_bytes")},
      .recorders = ReadRecorders(json.at("recorders")),
      .broadcasts = ReadBroadcasts(json.at("broadcasts"))};
  if (const auto began = ReadOptional<Duration::rep>(json, "load_began_ns")) {
    result.load_began = Duration(*began);
  }
  if (const auto began_at = ReadOptional<Duration::rep>(json, "load_began_at_unix_ns")) {
    result.load_began_at = WallTime(Duration(*began_at));
  }
  for (const nlohmann::json& row : json.at("series")) result.series.Add(ReadRow(row));
  const nlohmann::json& series_of_kinds = json.at("series_of_kinds");
  for (std::size_t i = 0; i < series_of_kinds.size(); ++i) {
    for (const nlohmann::json& row : series_of_kinds.at(i)) {
      result.series.AddOfKind(i, ReadRow(row));
    }
  }
  for (const nlohmann::json& cpu : json.at("thread_cpu")) {
    result.workers.push_back({.cpu = cpu.get<double>()});
  }
  return result;
}

}  // namespace

nlohmann::ordered_json ShardJson(const Plan& plan, const RunResult& result) {
  return {
      {"shard", ToString(plan.part())}, {"plan", PlanJson(plan)}, {"result", ResultJson(result)}};
}

absl::StatusOr<ShardRun> ParseShardRun(std::string_view file) {
  const absl::StatusOr<nlohmann::json> run = ParseRunFile(file);
  if (!run.ok()) return run.status();
  if (!run->contains("shard")) {
    return absl::InvalidArgumentError(
        "is a run by itself, or one that is merged already, and no shard; give what runs with "
        "--shard wrote");
  }
  try {
    const nlohmann::json& json = run->at("shard");
    const absl::StatusOr<Shard> shard = ParseShard(json.at("shard").get<std::string>());
    if (!shard.ok()) return absl::InvalidArgumentError("is damaged: its shard is none");
    ShardRun read = {.plan = ReadPlan(json.at("plan")), .result = ReadResult(json.at("result"))};
    read.plan.shard = *shard;
    return read;
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat("is damaged: ", error.what()));
  }
}

}  // namespace phx::loadgen
