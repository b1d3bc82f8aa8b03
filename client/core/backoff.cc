#include "client/core/backoff.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace phx {
namespace {

using std::chrono::milliseconds;

Duration FromTable(std::span<const int> table_ms, int last_ms, int tries) {
  const auto index = static_cast<std::size_t>(std::max(tries, 1) - 1);
  return milliseconds(index < table_ms.size() ? table_ms[index] : last_ms);
}

}  // namespace

Duration DefaultReconnectAfter(int tries) {
  static constexpr std::array<int, 9> kTable = {10, 50, 100, 150, 200, 250, 500, 1000, 2000};
  return FromTable(kTable, 5000, tries);
}

Duration DefaultRejoinAfter(int tries) {
  static constexpr std::array<int, 3> kTable = {1000, 2000, 5000};
  return FromTable(kTable, 10000, tries);
}

namespace core {

Jitter::Jitter(double fraction, std::uint64_t seed)
    : fraction_(std::clamp(fraction, 0.0, 1.0)),
      engine_(static_cast<std::minstd_rand::result_type>(seed ^ (seed >> 32U))) {}

Duration Jitter::Apply(Duration wait) {
  if (fraction_ == 0.0) return wait;
  constexpr double kRange = static_cast<double>(std::minstd_rand::max()) + 1.0;
  const double unit = static_cast<double>(engine_()) / kRange;  // [0, 1)
  const double factor = 1.0 - fraction_ + 2.0 * fraction_ * unit;
  const double ticks = static_cast<double>(wait.count()) * factor;
  constexpr auto kMost = static_cast<double>(Duration::max().count());
  return ticks < kMost ? Duration(static_cast<Duration::rep>(ticks)) : Duration::max();
}

Duration BackoffAfter(const BackoffFunction& after, Duration (*fallback)(int), int tries) {
  Duration wait = fallback(tries);
  if (after != nullptr) {
    try {
      wait = after(tries);
    } catch (...) {
      // A policy that throws has no opinion; the table's answer stands.
    }
  }
  return std::max(wait, Duration::zero());
}

}  // namespace core
}  // namespace phx
