// LatencyAxis: how durations are sorted into the bins of a histogram (an axis of Boost.Histogram).
//
// Bins are logarithmic in steps of two, and each step is divided evenly into 256: a bin is never
// wider than 1/256 (0.4 %) of the durations in it, from 1 ns to over an hour, and durations below
// 512 ns have a bin for each nanosecond. Finding a bin takes a shift and an addition; the axis of
// Boost that takes logarithms is three times as slow (latency_histogram_benchmark.cc).
#ifndef PHX_LOADGEN_LATENCY_AXIS_H_
#define PHX_LOADGEN_LATENCY_AXIS_H_

#include <algorithm>
#include <bit>
#include <cstdint>

namespace phx::loadgen {

class LatencyAxis {
 public:
  using value_type = std::uint64_t;  // nanoseconds

  static constexpr int kDivisionBits = 8;
  static constexpr int kValueBits = 42;  // 2^42 ns = 73 minutes

  // Longer durations count as this one.
  static constexpr std::uint64_t kMaxValue = (std::uint64_t{1} << kValueBits) - 1;

  // Boost.Histogram wants an object that can be asked, not static functions.
  // NOLINTBEGIN(readability-convert-member-functions-to-static)

  // The bin of `nanoseconds`.
  int index(std::uint64_t nanoseconds) const {
    const std::uint64_t value = std::min(nanoseconds, kMaxValue);
    const int shift = ShiftOf(value);
    return (shift << kDivisionBits) + static_cast<int>(value >> static_cast<unsigned>(shift));
  }

  // The least duration of bin `bin`; that of bin size() is the end of the axis.
  std::uint64_t value(int bin) const {
    const int shift = std::max(0, (bin >> kDivisionBits) - 1);
    const auto scaled = static_cast<std::uint64_t>(bin - (shift << kDivisionBits));
    return scaled << static_cast<unsigned>(shift);
  }

  // The greatest duration of bin `bin`.
  std::uint64_t upper_value(int bin) const { return value(bin + 1) - 1; }

  int size() const { return (kValueBits - kDivisionBits + 1) << kDivisionBits; }

  // NOLINTEND(readability-convert-member-functions-to-static)

  friend bool operator==(const LatencyAxis&, const LatencyAxis&) = default;

 private:
  // By how many bits `value` has to be shifted to have kDivisionBits + 1 of them.
  static int ShiftOf(std::uint64_t value) {
    return std::max(0, static_cast<int>(std::bit_width(value)) - kDivisionBits - 1);
  }
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_LATENCY_AXIS_H_
