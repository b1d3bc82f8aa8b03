#include "loadgen/threshold_reading.h"

#include <cmath>
#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {
namespace {

// A count, and how many there could have been.
struct CountOf {
  std::uint64_t count = 0;
  std::uint64_t among = 0;
};

// Errors of a kind are named by it, by its reason alone ("full" of "error: full"), or, where
// nothing finer is known of them, by their cause.
bool IsOf(const Error& error, const std::string& kind) {
  if (error.kind.empty()) return ToString(error.cause) == kind;
  return error.kind == kind || error.kind.ends_with(": " + kind);
}

std::uint64_t CountErrors(const std::string& kind, const Figures& report) {
  if (kind.empty()) return report.error_count();
  std::uint64_t count = 0;
  for (const Error& error : report.errors) count += IsOf(error, kind) ? error.count : 0;
  return count;
}

CountOf ReadCount(const Threshold& threshold, const Figures& report) {
  const PushCounts& pushes = report.pushes;
  switch (threshold.figure) {
    case Figure::kErrors: return {CountErrors(threshold.error_kind, report), report.attempts};
    case Figure::kConnections: return {report.connections.done, report.connections.asked};
    case Figure::kJoins: return {report.joins.done, report.joins.asked};
    case Figure::kPushes: return {pushes.sent, pushes.due};
    case Figure::kReplies: return {pushes.replies, pushes.sent};
    case Figure::kFailed: return {pushes.failed, pushes.sent};
    case Figure::kLate: return {pushes.late, pushes.sent};
    case Figure::kSkipped: return {pushes.skipped_busy + pushes.skipped_down, pushes.due};
    case Figure::kUnsent: return {pushes.unsent, pushes.due};
    case Figure::kMissing: return {report.broadcasts.missing, report.broadcasts.owed()};
    case Figure::kDuplicates: return {report.broadcasts.duplicates, report.broadcasts.owed()};
    case Figure::kReordered: return {report.broadcasts.reordered, report.broadcasts.owed()};
    case Figure::kAfterLeave: return {report.after_leave, report.histogram(Metric::kLeave).count()};
    case Figure::kLost: return {report.recovery.lost, report.connections.done};
    case Figure::kReconnects: return {report.recovery.reconnects, report.recovery.lost};
    case Figure::kRejoins: return {report.recovery.rejoins, report.recovery.joins_lost};
    case Figure::kUnrecovered:
      return {report.recovery.unrecovered(), report.recovery.lost + report.recovery.joins_lost};
    case Figure::kLatency:
    case Figure::kRate:
    case Figure::kAchieved: break;  // no counts
  }
  return {};
}

// Where nothing was lost, all of it has come back.
double ShareOfNone(Figure figure) {
  return figure == Figure::kReconnects || figure == Figure::kRejoins ? 1 : 0;
}

Duration ReadLatency(const Threshold& threshold, const LatencyHistogram& histogram) {
  switch (threshold.statistic) {
    case Statistic::kMin: return histogram.min();
    case Statistic::kMean: return histogram.mean();
    case Statistic::kStdev: return histogram.standard_deviation();
    case Statistic::kMax: return histogram.max();
    case Statistic::kPercentile: return histogram.Percentile(threshold.percent);
  }
  return {};
}

// Those of the kind of users that it is about.
const Figures& FiguresOf(const Threshold& threshold, const Report& report) {
  for (const KindReport& kind : report.kinds) {
    if (kind.kind.name == threshold.users) return kind;
  }
  return report;
}

}  // namespace

std::optional<double> ReadFigure(const Threshold& threshold, const Report& whole) {
  const Figures& report = FiguresOf(threshold, whole);
  switch (threshold.figure) {
    case Figure::kLatency: {
      const LatencyHistogram& histogram = report.histogram(threshold.metric);
      if (histogram.count() == 0) return std::nullopt;
      return static_cast<double>(ReadLatency(threshold, histogram).count());
    }
    case Figure::kRate:
    case Figure::kAchieved:
      if (whole.measured_time == Duration::zero()) return std::nullopt;
      return threshold.figure == Figure::kRate ? report.rates.done : report.rates.achieved();
    default: {
      const CountOf read = ReadCount(threshold, report);
      const auto count = static_cast<double>(read.count);
      if (!threshold.is_share) return count;
      if (read.among == 0) return ShareOfNone(threshold.figure);
      return count / static_cast<double>(read.among);
    }
  }
}

std::string FormatFigure(const Threshold& threshold, double value) {
  if (threshold.figure == Figure::kLatency) return DurationText(Duration(std::llround(value)));
  if (threshold.figure == Figure::kRate) return RateText(value);
  // Shares are held against limits as small as 0.01 %: one decimal would not do.
  if (threshold.is_share) return absl::StrFormat("%.4g %%", value * 100);
  return CountText(static_cast<std::uint64_t>(std::llround(value)));
}

}  // namespace phx::loadgen
