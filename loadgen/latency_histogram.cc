#include "loadgen/latency_histogram.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

namespace phx::loadgen {

LatencyHistogram::Bins& LatencyHistogram::mutable_bins() {
  if (!bins_.has_value()) bins_.emplace(LatencyAxis());
  return *bins_;
}

void LatencyHistogram::Record(Duration duration) {
  const std::int64_t nanoseconds = std::max<std::int64_t>(0, duration.count());
  mutable_bins()(static_cast<std::uint64_t>(nanoseconds));
  ++count_;
  min_ = std::min(min_, nanoseconds);
  max_ = std::max(max_, nanoseconds);
  sum_ += static_cast<double>(nanoseconds);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  if (other.count_ == 0) return;
  // All axes are equal, so this adds bin to bin; Boost's += would look for a common axis first.
  Bins& bins = mutable_bins();
  std::transform(bins.begin(), bins.end(), other.bins_->begin(), bins.begin(), std::plus<>());
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  sum_ += other.sum_;
}

std::vector<LatencyHistogram::Bin> LatencyHistogram::bins() const {
  std::vector<Bin> bins;
  if (count_ == 0) return bins;
  const LatencyAxis& axis = bins_->axis();
  for (int bin = 0; bin < axis.size(); ++bin) {
    const std::uint64_t count = bins_->at(bin);
    if (count == 0) continue;
    bins.push_back({.low = Duration(static_cast<std::int64_t>(axis.value(bin))),
                    .high = Duration(static_cast<std::int64_t>(axis.upper_value(bin))),
                    .count = count});
  }
  return bins;
}

LatencyHistogram::Contents LatencyHistogram::contents() const {
  return {.min = min(), .max = max(), .sum = sum_, .bins = bins()};
}

std::optional<LatencyHistogram> LatencyHistogram::FromContents(const Contents& contents) {
  LatencyHistogram histogram;
  if (contents.bins.empty()) return histogram;
  Bins& bins = histogram.mutable_bins();
  const LatencyAxis& axis = bins.axis();
  for (const Bin& bin : contents.bins) {
    if (bin.low < Duration::zero()) return std::nullopt;
    const int index = axis.index(static_cast<std::uint64_t>(bin.low.count()));
    if (static_cast<Duration::rep>(axis.value(index)) != bin.low.count()) return std::nullopt;
    bins.at(index) += bin.count;
    histogram.count_ += bin.count;
  }
  histogram.min_ = contents.min.count();
  histogram.max_ = contents.max.count();
  histogram.sum_ = contents.sum;
  return histogram;
}

Duration LatencyHistogram::mean() const {
  if (count_ == 0) return Duration::zero();
  return Duration(std::llround(sum_ / static_cast<double>(count_)));
}

Duration LatencyHistogram::standard_deviation() const {
  if (count_ == 0) return Duration::zero();
  const auto count = static_cast<double>(count_);
  const double mean = sum_ / count;
  double squares = 0;
  for (const Bin& bin : bins()) {
    // The outermost bins reach beyond what was recorded.
    const std::int64_t low = std::max(bin.low.count(), min_);
    const std::int64_t high = std::clamp(max_, low, bin.high.count());
    const double distance = static_cast<double>(std::midpoint(low, high)) - mean;
    squares += distance * distance * static_cast<double>(bin.count);
  }
  return Duration(std::llround(std::sqrt(squares / count)));
}

Duration LatencyHistogram::Percentile(double percent) const {
  if (count_ == 0) return Duration::zero();
  const double share = std::clamp(percent, 0.0, 100.0) / 100;
  // Percentages such as 99.9 are not exact in binary: without the small term, 99.9 % of 1000 would
  // be the 1000th and not the 999th.
  const double exact_rank = share * static_cast<double>(count_);
  const double rank = std::max(1.0, std::ceil(exact_rank - exact_rank * 1e-12));
  const LatencyAxis& axis = bins_->axis();
  std::uint64_t seen = 0;
  for (int bin = 0; bin < axis.size(); ++bin) {
    seen += bins_->at(bin);
    if (static_cast<double>(seen) >= rank) {
      return Duration(std::min(static_cast<std::int64_t>(axis.upper_value(bin)), max_));
    }
  }
  return max();
}

}  // namespace phx::loadgen
