// What recording a latency costs: with our axis, and with the logarithmic one of Boost.Histogram at
// the same precision.
#include "loadgen/latency_histogram.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <tuple>
#include <vector>

#include "benchmark/benchmark.h"
#include "boost/histogram/axis/regular.hpp"
#include "boost/histogram/histogram.hpp"
#include "boost/histogram/storage_adaptor.hpp"

namespace phx::loadgen {
namespace {

constexpr std::size_t kValues = 1U << 16U;

std::vector<Duration> Latencies() {
  std::mt19937_64 engine(1);
  std::lognormal_distribution<double> distribution(13, 1.5);  // around 440 µs
  std::vector<Duration> latencies(kValues);
  for (Duration& latency : latencies) {
    latency = Duration(static_cast<std::int64_t>(distribution(engine)));
  }
  return latencies;
}

void Record(benchmark::State& state) {
  const std::vector<Duration> latencies = Latencies();
  LatencyHistogram histogram;
  std::size_t next = 0;
  for (auto _ : state) {
    histogram.Record(latencies[next++ % kValues]);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Record);

void RecordWithBoostsLogAxis(benchmark::State& state) {
  namespace bh = boost::histogram;
  using Axis = bh::axis::regular<double, bh::axis::transform::log>;
  const std::vector<Duration> latencies = Latencies();
  bh::histogram<std::tuple<Axis>, bh::dense_storage<std::uint64_t>> histogram(
      Axis(7600, 1.0, 4.4e12));
  std::size_t next = 0;
  for (auto _ : state) {
    histogram(static_cast<double>(latencies[next++ % kValues].count()));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(RecordWithBoostsLogAxis);

void Merge(benchmark::State& state) {
  LatencyHistogram total;
  LatencyHistogram part;
  for (const Duration& latency : Latencies()) part.Record(latency);
  for (auto _ : state) {
    total.Merge(part);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Merge);

void Percentile(benchmark::State& state) {
  LatencyHistogram histogram;
  for (const Duration& latency : Latencies()) histogram.Record(latency);
  for (auto _ : state) benchmark::DoNotOptimize(histogram.Percentile(99.9));
}
BENCHMARK(Percentile);

}  // namespace
}  // namespace phx::loadgen
