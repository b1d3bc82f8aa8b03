#include "loadgen/recorder_json.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "loadgen/failure_table.h"
#include "loadgen/time.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

Json FailuresJson(const FailureTable& failures) {
  Json list = Json::array();
  for (const FailureTable::Row& row : failures.rows()) {
    list.push_back({{"stage", std::string(ToString(row.stage))},
                    {"cause", std::string(ToString(row.cause))},
                    {"kind", row.kind},
                    {"count", row.count},
                    {"example", row.example}});
  }
  return list;
}

// Calls `add` with each failure and how often it happened.
template <typename Add>
void ReadFailures(const nlohmann::json& recorder, const char* name, const Add& add) {
  if (!recorder.contains(name)) return;
  for (const nlohmann::json& row : recorder.at(name)) {
    add(Failure{.stage = ReadEnum<Stage>(row.at("stage"), kStageCount),
                .cause = ReadEnum<Cause>(row.at("cause"), kCauseCount),
                .kind = row.at("kind"),
                .message = row.at("example")},
        row.at("count").get<std::uint64_t>());
  }
}

LatencyHistogram::Contents ReadContents(const nlohmann::json& json) {
  LatencyHistogram::Contents contents = {.min = Duration(json.at("min").get<Duration::rep>()),
                                         .max = Duration(json.at("max").get<Duration::rep>()),
                                         .sum = json.at("sum").get<double>()};
  const nlohmann::json& bins = json.at("bins");
  for (std::size_t i = 0; i + 1 < bins.size(); i += 2) {
    contents.bins.push_back({.low = Duration(bins.at(i).get<Duration::rep>()),
                             .count = bins.at(i + 1).get<std::uint64_t>()});
  }
  return contents;
}

}  // namespace

nlohmann::ordered_json ContentsJson(const LatencyHistogram::Contents& contents) {
  Json bins = Json::array();
  for (const LatencyHistogram::Bin& bin : contents.bins) {
    bins.push_back(bin.low.count());
    bins.push_back(bin.count);
  }
  return {{"min", contents.min.count()},
          {"max", contents.max.count()},
          {"sum", contents.sum},
          {"bins", std::move(bins)}};
}

nlohmann::ordered_json RecorderJson(const Recorder& recorder) {
  Json counters = Json::object();
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    const auto counter = static_cast<Counter>(i);
    const std::uint64_t count = recorder.count(counter);
    if (count > 0) counters[std::string(ToString(counter))] = count;
  }
  Json histograms = Json::object();
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    const LatencyHistogram& histogram = recorder.latency(metric);
    if (histogram.count() == 0) continue;
    histograms[std::string(ToString(metric))] = ContentsJson(histogram.contents());
  }
  Json json = {{"counters", std::move(counters)}, {"histograms", std::move(histograms)}};
  if (recorder.failures().count() > 0) json["failures"] = FailuresJson(recorder.failures());
  if (recorder.disruptions().count() > 0) {
    json["disruptions"] = FailuresJson(recorder.disruptions());
  }
  return json;
}

LatencyHistogram ReadHistogram(const nlohmann::json& json) {
  std::optional<LatencyHistogram> histogram = LatencyHistogram::FromContents(ReadContents(json));
  if (!histogram.has_value()) {
    throw nlohmann::json::other_error::create(501, "a histogram has other bins than this program's",
                                              nullptr);
  }
  return *std::move(histogram);
}

Recorder ReadRecorder(const nlohmann::json& json) {
  Recorder recorder;
  for (const auto& [name, count] : json.at("counters").items()) {
    recorder.Count(ReadEnum<Counter>(name, kCounterCount), count.get<std::uint64_t>());
  }
  for (const auto& [name, histogram] : json.at("histograms").items()) {
    recorder.Record(ReadEnum<Metric>(name, kMetricCount), ReadHistogram(histogram));
  }
  ReadFailures(json, "failures",
               [&](const Failure& failure, std::uint64_t times) { recorder.Fail(failure, times); });
  ReadFailures(json, "disruptions", [&](const Failure& failure, std::uint64_t times) {
    recorder.Disrupt(failure, times);
  });
  return recorder;
}

}  // namespace phx::loadgen
