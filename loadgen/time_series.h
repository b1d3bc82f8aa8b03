// TimeSeries: a run by intervals, usually seconds. The one series behind the CSV file, the JSON
// file and the charts of the HTML report.
//
// What is recorded belongs to the interval in which it was, and to the phase in which it was due: a
// reply that comes while measuring, to a push of the warm-up, is in a row of the warm-up. So the
// rows of a phase add up exactly to its totals.
//
// Of several kinds of users each has rows of its own besides, which add up to those of all.
//
// Memory: about 1 KiB for each interval, and kind; an hour of seconds is 4 MiB. With histograms
// five times that.
// Threads: a plain value.
#ifndef PHX_LOADGEN_TIME_SERIES_H_
#define PHX_LOADGEN_TIME_SERIES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "loadgen/latency_histogram.h"
#include "loadgen/latency_summary.h"
#include "loadgen/recorder.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What was recorded of one phase in one interval.
struct SeriesRow {
  Phase phase = Phase::kSetup;
  Duration start = {};  // since the run began
  Duration end = {};
  std::array<std::uint64_t, kCounterCount> counters = {};
  std::uint64_t failed_pushes = 0;
  std::uint64_t errors = 0;  // of all kinds
  std::array<LatencySummary, kReportedMetrics.size()> latencies = {};
  // What the summaries are made of, in the same order, if the series keeps it.
  std::vector<LatencyHistogram::Contents> histograms = {};
};

class TimeSeries {
 public:
  TimeSeries() = default;
  // `keeps_histograms`: for a series that is to be merged with others.
  explicit TimeSeries(bool keeps_histograms) : keeps_histograms_(keeps_histograms) {}

  // Adds the interval from `start` to `end`: a row for `phase`, in which the run was, even if
  // nothing happened, and one for each other phase of which something was recorded.
  void Add(Duration start, Duration end, Phase phase, const PhaseRecorders& recorded);

  // Adds a row that is made already; and one of a kind.
  void Add(SeriesRow row) { rows_.push_back(std::move(row)); }
  void AddOfKind(std::size_t kind, SeriesRow row);

  const std::vector<SeriesRow>& rows() const { return rows_; }
  // By kind of users; empty where there is only one.
  const std::vector<std::vector<SeriesRow>>& kinds() const { return kinds_; }

 private:
  bool keeps_histograms_ = false;
  std::vector<SeriesRow> rows_;
  std::vector<std::vector<SeriesRow>> kinds_;
};

// The columns of the series in files, behind the first, which is "phase"; and their values in a
// row. Times and latencies are nanoseconds, and their columns end in "_ns".
const std::vector<std::string>& SeriesColumns();
std::vector<std::uint64_t> SeriesValues(const SeriesRow& row);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TIME_SERIES_H_
