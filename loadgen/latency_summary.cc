#include "loadgen/latency_summary.h"

#include <cstddef>

namespace phx::loadgen {

LatencySummary Summarize(const LatencyHistogram& histogram) {
  LatencySummary summary{.count = histogram.count(),
                         .min = histogram.min(),
                         .mean = histogram.mean(),
                         .stdev = histogram.standard_deviation(),
                         .max = histogram.max()};
  for (std::size_t i = 0; i < kPercentiles.size(); ++i) {
    summary.percentiles[i] = histogram.Percentile(kPercentiles[i]);
  }
  return summary;
}

}  // namespace phx::loadgen
