#include "loadgen/report.h"

namespace phx::loadgen {

LatencySummary Summarize(const LatencyHistogram& histogram) {
  LatencySummary summary{.count = histogram.count(),
                         .min = histogram.min(),
                         .mean = histogram.mean(),
                         .max = histogram.max()};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    summary.percentiles[i] = histogram.Percentile(kPercentiles[i]);
  }
  return summary;
}

std::uint64_t Report::error_count() const {
  std::uint64_t count = 0;
  for (const Error& error : errors) count += error.count;
  return count;
}

}  // namespace phx::loadgen
