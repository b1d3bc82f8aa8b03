// LatencySummary: the figures by which a histogram is told.
#ifndef PHX_LOADGEN_LATENCY_SUMMARY_H_
#define PHX_LOADGEN_LATENCY_SUMMARY_H_

#include <array>
#include <cstdint>

#include "loadgen/latency_histogram.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// The percentiles that every report has. Thresholds may name any.
inline constexpr std::array<double, 5> kPercentiles = {50, 90, 99, 99.9, 99.99};

struct LatencySummary {
  std::uint64_t count = 0;
  Duration min = {};
  Duration mean = {};
  Duration stdev = {};
  std::array<Duration, kPercentiles.size()> percentiles = {};
  Duration max = {};
};

LatencySummary Summarize(const LatencyHistogram& histogram);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LATENCY_SUMMARY_H_
