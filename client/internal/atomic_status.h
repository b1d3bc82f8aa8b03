// AtomicStatus: a SocketStatus or ChannelStatus that the strand writes and any thread reads, in one
// word.
#ifndef PHX_CLIENT_INTERNAL_ATOMIC_STATUS_H_
#define PHX_CLIENT_INTERNAL_ATOMIC_STATUS_H_

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "client/core/time.h"

namespace phx::internal {

// Keeps `until` to the microsecond, rounded down.
template <typename Status>
class AtomicStatus {
 public:
  void Store(const Status& status) {
    const auto kind = static_cast<std::uint64_t>(status.kind);
    word_.store(PackTime(status.until) << kKindBits | kind, std::memory_order_release);
  }

  Status Load() const {
    const std::uint64_t word = word_.load(std::memory_order_acquire);
    return {.kind = static_cast<typename Status::Kind>(word & ((1U << kKindBits) - 1)),
            .until = UnpackTime(word >> kKindBits)};
  }

 private:
  static constexpr unsigned kKindBits = 8;
  static constexpr std::uint64_t kNone = 0;
  static constexpr std::uint64_t kForEver = ~std::uint64_t{0} >> kKindBits;

  static std::uint64_t PackTime(const std::optional<TimePoint>& time) {
    if (!time.has_value()) return kNone;
    if (*time == TimePoint::max()) return kForEver;
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::microseconds>(time->time_since_epoch()).count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(since_epoch, 1));
  }

  static std::optional<TimePoint> UnpackTime(std::uint64_t packed) {
    if (packed == kNone) return std::nullopt;
    if (packed == kForEver) return TimePoint::max();
    return TimePoint(std::chrono::microseconds(static_cast<std::int64_t>(packed)));
  }

  std::atomic<std::uint64_t> word_{0};  // the first Kind, without a time
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_ATOMIC_STATUS_H_
