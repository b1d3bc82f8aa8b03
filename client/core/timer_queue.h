// TimerQueue: the deadlines of one socket, earliest first; of equal ones, the one added first.
//
// A timer is never taken out: whoever cancels one makes its key stale and calls `OnStale()`.
// Stale timers are skipped when they come up, swept out when they outnumber the live ones, and
// thrown away when no live one is left. So that adding and cancelling cost O(1) amortised where
// deadlines come in order, as push timeouts do, and memory stays within twice what is live.
#ifndef PHX_CLIENT_CORE_TIMER_QUEUE_H_
#define PHX_CLIENT_CORE_TIMER_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/core/time.h"

namespace phx::core {

// What a timer belongs to. `serial` tells apart the timers that one owner has had.
struct TimerKey {
  enum class Owner : std::uint8_t { kPush, kChannel };
  Owner owner;
  std::uint32_t index;
  std::uint32_t serial;
};

class TimerQueue {
 public:
  void Add(TimePoint at, TimerKey key) {
    heap_.push_back({at, key, ++last_order_});
    std::push_heap(heap_.begin(), heap_.end(), Later);
    ++live_;
  }

  // A timer is stale now, be it that it was cancelled or that it fired. To be called once for each
  // one that was added. `is_live` tells whether a key still stands.
  template <typename IsLive>
  void OnStale(const IsLive& is_live) {
    --live_;
    if (live_ == 0) {
      heap_.clear();
      GiveBack();
    } else if (heap_.size() >= kSweepFrom && live_ * 2 < heap_.size()) {
      std::erase_if(heap_, [&](const Timer& timer) { return !is_live(timer.key); });
      std::make_heap(heap_.begin(), heap_.end(), Later);
      GiveBack();
    }
  }

  // The earliest deadline; perhaps a stale one. nullopt if no live one is left.
  std::optional<TimePoint> Next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front().at;
  }

  // Takes out the earliest timer that is due at `now` and live; nullopt if there is none.
  template <typename IsLive>
  std::optional<TimerKey> PopDue(TimePoint now, const IsLive& is_live) {
    while (!heap_.empty() && heap_.front().at <= now) {
      const TimerKey key = heap_.front().key;
      std::pop_heap(heap_.begin(), heap_.end(), Later);
      heap_.pop_back();
      if (is_live(key)) return key;
    }
    return std::nullopt;
  }

  // Stale ones included.
  std::size_t size() const { return heap_.size(); }

 private:
  static constexpr std::size_t kSweepFrom = 64;
  static constexpr std::size_t kKept = 256;  // room for so many is kept, however few there are

  struct Timer {
    TimePoint at;
    TimerKey key;
    std::uint32_t order;
  };

  static bool Later(const Timer& a, const Timer& b) {
    if (a.at != b.at) return a.at > b.at;
    return static_cast<std::int32_t>(a.order - b.order) > 0;  // also when the count has wrapped
  }

  // A burst does not hold its memory for ever.
  void GiveBack() {
    if (heap_.capacity() > kKept && heap_.size() < heap_.capacity() / 4) heap_.shrink_to_fit();
  }

  std::vector<Timer> heap_;
  std::size_t live_ = 0;  // added and not reported stale
  std::uint32_t last_order_ = 0;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_TIMER_QUEUE_H_
