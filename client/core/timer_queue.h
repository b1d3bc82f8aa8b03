// TimerQueue: the deadlines of one socket, earliest first; of equal ones, the one added first.
//
// A timer is never taken out: whoever cancels one makes its key stale and calls `OnStale()`. Stale
// timers are skipped when they come up, dropped where they stand first when somebody asks for the
// next one, swept out when they outnumber the live ones, and thrown away when no live one is left.
// Memory stays within twice what is live, and Rest() gives back what is there while none is.
//
// Push timeouts come in the order of their deadlines, and their replies nearly so. Timers that are
// added in order therefore stand in a line, where adding and dropping cost O(1); only the others
// need a heap.
#ifndef PHX_CLIENT_CORE_TIMER_QUEUE_H_
#define PHX_CLIENT_CORE_TIMER_QUEUE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "client/core/spare.h"
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
    const Timer timer{at, key, ++last_order_};
    if (first_ == line_.size() || line_.back().at <= at) {
      if (line_.capacity() == 0) Spare<std::vector<Timer>>::Take(line_);
      line_.push_back(timer);
    } else {
      heap_.push_back(timer);
      std::push_heap(heap_.begin(), heap_.end(), Later);
    }
    ++live_;
  }

  // A timer is stale now, be it that it was cancelled or that it fired. To be called once for each
  // one that was added. `is_live` tells whether a key still stands.
  template <typename IsLive>
  void OnStale(const IsLive& is_live) {
    --live_;
    if (live_ == 0) Clear();
    if (HasTooManyStale()) DropStale(is_live);
    if (HasTooManyStale()) Sweep(is_live);
  }

  // The earliest deadline; perhaps a stale one that was added out of order. nullopt if no live one
  // is left.
  template <typename IsLive>
  std::optional<TimePoint> Next(const IsLive& is_live) {
    DropStale(is_live);
    const Timer* const next = Earliest();
    if (next == nullptr) return std::nullopt;
    return next->at;
  }

  // Takes out the earliest timer that is due at `now` and live; nullopt if there is none.
  template <typename IsLive>
  std::optional<TimerKey> PopDue(TimePoint now, const IsLive& is_live) {
    for (const Timer* next = Earliest(); next != nullptr && next->at <= now; next = Earliest()) {
      const TimerKey key = next->key;
      if (IsInLine(next)) {
        ++first_;
        CloseUp();
      } else {
        std::pop_heap(heap_.begin(), heap_.end(), Later);
        heap_.pop_back();
      }
      if (is_live(key)) return key;
    }
    return std::nullopt;
  }

  // Stale ones included.
  std::size_t size() const { return line_.size() - first_ + heap_.size(); }

  // No timer is expected soon.
  void Rest() {
    if (live_ != 0 || line_.capacity() == 0) return;
    std::vector<Timer>().swap(heap_);
    Spare<std::vector<Timer>>::Give(line_);
  }

 private:
  static constexpr std::size_t kSweepFrom = 64;
  static constexpr std::size_t kCloseUpFrom = 8;
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

  const Timer* Earliest() const {
    const Timer* const in_line = first_ < line_.size() ? &line_[first_] : nullptr;
    if (heap_.empty()) return in_line;
    return in_line == nullptr || Later(*in_line, heap_.front()) ? &heap_.front() : in_line;
  }

  bool IsInLine(const Timer* timer) const {
    return first_ < line_.size() && timer == &line_[first_];
  }

  void Clear() {
    first_ = 0;
    line_.clear();
    heap_.clear();
    GiveBack(line_);
    GiveBack(heap_);
  }

  // Reuses the places of those that have left the line, once they are the most of it.
  void CloseUp() {
    if (first_ == line_.size() || (first_ >= kCloseUpFrom && first_ * 2 >= line_.size())) {
      LeaveBehind();
      GiveBack(line_);
    }
  }

  void LeaveBehind() {
    line_.erase(line_.begin(), line_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

  bool HasTooManyStale() const { return size() >= kSweepFrom && live_ * 2 < size(); }

  // Those that stand first in the line.
  template <typename IsLive>
  void DropStale(const IsLive& is_live) {
    while (first_ < line_.size() && !is_live(line_[first_].key)) ++first_;
    CloseUp();
  }

  template <typename IsLive>
  void Sweep(const IsLive& is_live) {
    const auto is_stale = [&](const Timer& timer) { return !is_live(timer.key); };
    LeaveBehind();
    std::erase_if(line_, is_stale);
    std::erase_if(heap_, is_stale);
    std::make_heap(heap_.begin(), heap_.end(), Later);
    GiveBack(line_);
    GiveBack(heap_);
  }

  // A burst does not hold its memory for ever.
  static void GiveBack(std::vector<Timer>& timers) {
    if (timers.capacity() > kKept && timers.size() < timers.capacity() / 4) timers.shrink_to_fit();
  }

  std::vector<Timer> line_;  // earliest first
  std::size_t first_ = 0;    // where the line begins: those before it have left
  std::vector<Timer> heap_;
  std::size_t live_ = 0;  // added and not reported stale
  std::uint32_t last_order_ = 0;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_TIMER_QUEUE_H_
