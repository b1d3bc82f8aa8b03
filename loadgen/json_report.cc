#include "loadgen/json_report.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;  // fields stay in the order in which they are written here

Json LatencyJson(const LatencySummary& summary) {
  Json json = {
      {"count", summary.count}, {"min", summary.min.count()}, {"mean", summary.mean.count()}};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    json[absl::StrCat("p", kPercentiles[i])] = summary.percentiles[i].count();
  }
  json["max"] = summary.max.count();
  return json;
}

Json RunJson(const Report& report) {
  return {{"url", report.url},
          {"embedded", report.plan.embedded},
          {"started_at", report.started_at},
          {"interrupted", report.interrupted},
          {"setup_ns", report.setup_time.count()},
          {"warmup_ns", report.plan.warmup.count()},
          {"measured_ns", report.measured_time.count()},
          {"threads", report.plan.threads},
          {"server_threads", report.plan.server_threads},
          {"connections", report.plan.connections},
          {"channels", report.plan.channels},
          {"event", report.plan.event},
          {"payload_bytes", report.plan.payload.size()},
          {"max_outstanding", report.plan.max_outstanding}};
}

Json SetupJson(const SetupCounts& counts) {
  return {{"asked", counts.asked}, {"done", counts.done}, {"failed", counts.failed}};
}

Json CountsJson(const Report& report) {
  const PushCounts& pushes = report.pushes;
  Json connections = SetupJson(report.connections);
  connections["late"] = report.connections.late;
  return {{"connections", connections},
          {"joins", SetupJson(report.joins)},
          {"pushes",
           {{"due", pushes.due},
            {"sent", pushes.sent},
            {"late", pushes.late},
            {"skipped_busy", pushes.skipped_busy},
            {"skipped_down", pushes.skipped_down},
            {"unsent", pushes.unsent},
            {"replies", pushes.replies},
            {"failed", pushes.failed}}}};
}

Json RatesJson(const PushRates& rates) {
  return {{"asked", rates.asked},
          {"sent", rates.sent},
          {"replied", rates.replied},
          {"achieved", rates.achieved()}};
}

Json ErrorsJson(const std::vector<Error>& errors) {
  Json list = Json::array();
  for (const Error& error : errors) {
    list.push_back({{"phase", std::string(ToString(error.phase))},
                    {"stage", std::string(ToString(error.stage))},
                    {"cause", std::string(ToString(error.cause))},
                    {"count", error.count},
                    {"example", error.example}});
  }
  return list;
}

Json LatenciesJson(const Report& report) {
  Json json = Json::object();
  for (const Metric metric : kReportedMetrics) {
    json[std::string(ToString(metric))] = LatencyJson(report.latency(metric));
  }
  return json;
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
    list.push_back({{"fail_if", threshold.text}, {"value", value}, {"failed", threshold.failed}});
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

}  // namespace

std::string FormatJson(const Report& report) {
  const Json json = {{"schema", "phoenix-loadgen-summary"},
                     {"schema_version", kSummarySchemaVersion},
                     {"passed", report.verdict.passed()},
                     {"outcome", std::string(ToString(report.verdict.outcome))},
                     {"reasons", report.verdict.reasons},
                     {"thresholds", ThresholdsJson(report.verdict.thresholds)},
                     {"warnings", report.verdict.warnings},
                     {"run", RunJson(report)},
                     {"counts", CountsJson(report)},
                     {"rates", RatesJson(report.rates)},
                     {"latency_ns", LatenciesJson(report)},
                     {"errors", ErrorsJson(report.errors)},
                     {"generator", GeneratorJson(report)}};
  // What a server said may not be UTF-8: then it is shown with replacement characters.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace phx::loadgen
