// LatencyHistogram: how long things took, in bins that are at most 0.4 % wide.
//
//   LatencyHistogram histogram;
//   histogram.Record(reply_time - intended_time);
//   total.Merge(histogram);
//   histogram.Percentile(99.9);
//
// Merging is exact: the merged histogram is the one that would have recorded everything. That is
// why histograms are merged, and percentiles never averaged.
//
// Memory: 72 KiB from the first Record() on, 3 ns each (latency_histogram_benchmark.cc).
// Threads: as a plain value.
#ifndef PHX_LOADGEN_LATENCY_HISTOGRAM_H_
#define PHX_LOADGEN_LATENCY_HISTOGRAM_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <tuple>
#include <vector>

#include "boost/histogram/histogram.hpp"
#include "boost/histogram/storage_adaptor.hpp"
#include "loadgen/latency_axis.h"
#include "loadgen/time.h"

namespace phx::loadgen {

class LatencyHistogram {
 public:
  // A negative duration counts as zero, one over 73 minutes as 73 minutes; max() and mean() have
  // its real length.
  void Record(Duration duration);

  void Merge(const LatencyHistogram& other);

  // LatencyHistogram::bins()
  //
  // Those in which something was recorded, the shortest first: from them whatever the histogram
  // knows can be computed anew.
  struct Bin {
    Duration low = {};   // the shortest duration that belongs to it
    Duration high = {};  // the longest
    std::uint64_t count = 0;
  };
  std::vector<Bin> bins() const;

  // LatencyHistogram::contents()
  //
  // The whole in a form that takes little room while there is little in it: to keep many, and for
  // files. FromContents() makes the same histogram of it; none if those are not the contents of
  // one, as when its bins are other ones.
  struct Contents {
    Duration min = {};
    Duration max = {};
    double sum = 0;  // nanoseconds
    std::vector<Bin> bins = {};
  };
  Contents contents() const;
  static std::optional<LatencyHistogram> FromContents(const Contents& contents);

  std::uint64_t count() const { return count_; }
  // Exact. Zero if nothing was recorded.
  Duration min() const { return count_ == 0 ? Duration::zero() : Duration(min_); }
  Duration max() const { return Duration(max_); }
  Duration mean() const;

  // LatencyHistogram::standard_deviation()
  //
  // The standard deviation of all that was recorded, as far as bins know it: each counts as its
  // middle, which is at most 0.2 % off. Zero if nothing was recorded.
  Duration standard_deviation() const;

  // LatencyHistogram::Percentile()
  //
  // A duration that at least `percent` (0 to 100) of those recorded do not exceed: the upper end of
  // the bin in which the exact percentile (nearest rank) lies, but not more than max(). It is
  // therefore never below the exact one, and at most 0.4 % above. Zero if nothing was recorded.
  Duration Percentile(double percent) const;

 private:
  using Bins = boost::histogram::histogram<std::tuple<LatencyAxis>,
                                           boost::histogram::dense_storage<std::uint64_t>>;

  Bins& mutable_bins();

  std::optional<Bins> bins_;  // none until something is recorded: most histograms stay empty
  std::uint64_t count_ = 0;
  std::int64_t min_ = std::numeric_limits<std::int64_t>::max();
  std::int64_t max_ = 0;
  double sum_ = 0;  // nanoseconds
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LATENCY_HISTOGRAM_H_
