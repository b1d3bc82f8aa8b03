#include "loadgen/time_series.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

// `keeps_histograms`: see TimeSeries.
SeriesRow MakeRow(Duration start, Duration end, Phase phase, const Recorder& recorder,
                  bool keeps_histograms) {
  SeriesRow row{.phase = phase, .start = start, .end = end};
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    row.counters[i] = recorder.count(static_cast<Counter>(i));
  }
  row.failed_pushes = recorder.failures().count(Stage::kPush);
  row.errors = recorder.failures().count();
  for (std::size_t i = 0; i < kReportedMetrics.size(); ++i) {
    const LatencyHistogram& latency = recorder.latency(kReportedMetrics[i]);
    row.latencies[i] = Summarize(latency);
    if (keeps_histograms) row.histograms.push_back(latency.contents());
  }
  return row;
}

bool IsEmpty(const SeriesRow& row) {
  const auto is_zero = [](std::uint64_t count) { return count == 0; };
  return row.errors == 0 && std::all_of(row.counters.begin(), row.counters.end(), is_zero);
}

// A latency's columns, in the order in which SeriesValues() gives them.
void AddLatencyColumns(const std::string& name, std::vector<std::string>* columns) {
  for (const char* figure : {"_count", "_min_ns", "_mean_ns"}) columns->push_back(name + figure);
  for (const double percentile : kPercentiles) {
    columns->push_back(absl::StrCat(name, "_p", percentile, "_ns"));
  }
  columns->push_back(name + "_max_ns");
}

std::uint64_t Nanoseconds(Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

void AddLatencyValues(const LatencySummary& summary, std::vector<std::uint64_t>* values) {
  values->insert(values->end(),
                 {summary.count, Nanoseconds(summary.min), Nanoseconds(summary.mean)});
  for (const Duration percentile : summary.percentiles) values->push_back(Nanoseconds(percentile));
  values->push_back(Nanoseconds(summary.max));
}

}  // namespace

void TimeSeries::Add(Duration start, Duration end, Phase phase, const PhaseRecorders& recorded) {
  for (const Phase each : kPhases) {
    SeriesRow row = MakeRow(start, end, each, recorded[each], keeps_histograms_);
    if (each == phase || !IsEmpty(row)) rows_.push_back(std::move(row));
  }
  if (recorded.kinds().size() > kinds_.size()) kinds_.resize(recorded.kinds().size());
  for (std::size_t i = 0; i < recorded.kinds().size(); ++i) {
    for (const Phase each : kPhases) {
      SeriesRow row = MakeRow(start, end, each, recorded.kinds()[i][each], keeps_histograms_);
      if (!IsEmpty(row)) kinds_[i].push_back(std::move(row));
    }
  }
}

void TimeSeries::AddOfKind(std::size_t kind, SeriesRow row) {
  if (kind >= kinds_.size()) kinds_.resize(kind + 1);
  kinds_[kind].push_back(std::move(row));
}

const std::vector<std::string>& SeriesColumns() {
  static const std::vector<std::string> kColumns = [] {
    std::vector<std::string> names = {"start_ns", "end_ns"};
    for (std::size_t i = 0; i < kCounterCount; ++i) {
      names.emplace_back(ToString(static_cast<Counter>(i)));
    }
    names.insert(names.end(), {"failed", "errors"});
    for (const Metric metric : kReportedMetrics) {
      AddLatencyColumns(std::string(ToString(metric)), &names);
    }
    return names;
  }();
  return kColumns;
}

std::vector<std::uint64_t> SeriesValues(const SeriesRow& row) {
  std::vector<std::uint64_t> values = {Nanoseconds(row.start), Nanoseconds(row.end)};
  values.insert(values.end(), row.counters.begin(), row.counters.end());
  values.insert(values.end(), {row.failed_pushes, row.errors});
  for (const LatencySummary& latency : row.latencies) AddLatencyValues(latency, &values);
  return values;
}

}  // namespace phx::loadgen
