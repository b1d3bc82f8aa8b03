// TimerHeap: things that are due at some time, soonest first; equal times in the order of adding.
#ifndef PHX_MOCKSERVER_TIMER_HEAP_H_
#define PHX_MOCKSERVER_TIMER_HEAP_H_

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "mockserver/time_point.h"

namespace phx::mock {

template <typename T>
class TimerHeap {
 public:
  void Add(TimePoint at, T what) {
    timers_.push_back({at, next_sequence_++, std::move(what)});
    std::push_heap(timers_.begin(), timers_.end(), IsLater);
  }

  // When the first is due; nullopt if there is none.
  std::optional<TimePoint> NextDeadline() const {
    if (timers_.empty()) return std::nullopt;
    return timers_.front().at;
  }

  // Removes and returns the first that is due at `now`.
  std::optional<T> TakeDue(TimePoint now) {
    if (timers_.empty() || timers_.front().at > now) return std::nullopt;
    std::pop_heap(timers_.begin(), timers_.end(), IsLater);
    std::optional<T> what = std::move(timers_.back().what);
    timers_.pop_back();
    return what;
  }

  // Removes all for which `matches(what)`.
  template <typename Predicate>
  void RemoveIf(Predicate matches) {
    const auto removed = std::erase_if(timers_, [&](const Timer& t) { return matches(t.what); });
    if (removed != 0) std::make_heap(timers_.begin(), timers_.end(), IsLater);
  }

 private:
  struct Timer {
    TimePoint at;
    std::uint64_t sequence = 0;
    T what;
  };
  static bool IsLater(const Timer& a, const Timer& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
  }

  std::vector<Timer> timers_;
  std::uint64_t next_sequence_ = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_TIMER_HEAP_H_
