#include "loadgen/merge_series.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "loadgen/latency_histogram.h"
#include "loadgen/latency_summary.h"
#include "loadgen/recorder.h"
#include "loadgen/time.h"

namespace phx::loadgen {
namespace {

using RowsOf = std::function<std::vector<SeriesRow>(const TimeSeries&)>;

// When the measuring began, since the run did; of a shard that did not come so far, when it would
// have.
Duration MeasuringBegan(const ShardRun& run) {
  return run.result.load_began.value_or(run.result.setup_time) + run.plan.warmup;
}

// When the rows begin and end on average, so that rates come out right where one shard looked a
// little later than the others. In the setup shards have intervals of their own: from the first to
// the last.
void MergeTimes(const std::vector<SeriesRow>& rows, SeriesRow* merged) {
  Duration starts = {};
  Duration ends = {};
  for (const SeriesRow& row : rows) {
    starts += row.start;
    ends += row.end;
    if (row.phase != Phase::kSetup) continue;
    merged->start = std::min(merged->start, row.start);
    merged->end = std::max(merged->end, row.end);
  }
  if (merged->phase == Phase::kSetup) return;
  const auto count = static_cast<Duration::rep>(rows.size());
  merged->start = starts / count;
  merged->end = ends / count;
}

SeriesRow MergeRows(const std::vector<SeriesRow>& rows) {
  SeriesRow merged = rows.front();
  merged.histograms.clear();
  MergeTimes(rows, &merged);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < kCounterCount; ++c) merged.counters[c] += rows[i].counters[c];
    merged.failed_pushes += rows[i].failed_pushes;
    merged.errors += rows[i].errors;
  }
  for (std::size_t m = 0; m < kReportedMetrics.size(); ++m) {
    LatencyHistogram histogram;
    for (const SeriesRow& row : rows) {
      histogram.Merge(
          LatencyHistogram::FromContents(row.histograms[m]).value_or(LatencyHistogram()));
    }
    merged.latencies[m] = Summarize(histogram);
  }
  return merged;
}

// Shards began at times of their own, and pushed from the same moment on: that is where their
// series lie on each other. A row belongs to the interval in which its middle lies.
std::vector<SeriesRow> MergeAllRows(const std::vector<ShardRun>& runs, const RowsOf& rows_of) {
  Duration begin = {};
  for (const ShardRun& run : runs) begin = std::max(begin, MeasuringBegan(run));
  const double interval = ToSeconds(std::max(runs.front().plan.interval, Duration(1)));
  std::map<std::pair<std::int64_t, Phase>, std::vector<SeriesRow>> rows;
  for (const ShardRun& run : runs) {
    const Duration shift = begin - MeasuringBegan(run);
    for (SeriesRow& row : rows_of(run.result.series)) {
      row.start += shift;
      row.end += shift;
      const Duration middle = row.start + (row.end - row.start) / 2 - begin;
      const auto index = static_cast<std::int64_t>(std::floor(ToSeconds(middle) / interval));
      rows[{index, row.phase}].push_back(std::move(row));
    }
  }
  std::vector<SeriesRow> merged;
  merged.reserve(rows.size());
  for (const auto& [key, same] : rows) merged.push_back(MergeRows(same));
  return merged;
}

}  // namespace

TimeSeries MergeSeries(const std::vector<ShardRun>& runs) {
  const std::size_t kinds = runs.front().plan.kinds.size();
  TimeSeries merged;
  for (SeriesRow& row :
       MergeAllRows(runs, [](const TimeSeries& series) { return series.rows(); })) {
    merged.Add(std::move(row));
  }
  if (kinds == 1) return merged;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    const auto rows_of_kind = [kind](const TimeSeries& series) {
      return kind < series.kinds().size() ? series.kinds()[kind] : std::vector<SeriesRow>();
    };
    for (SeriesRow& row : MergeAllRows(runs, rows_of_kind)) merged.AddOfKind(kind, std::move(row));
  }
  return merged;
}

}  // namespace phx::loadgen
