// The time that the protocol core is told. Nobody in this folder reads a clock.
#ifndef PHX_CLIENT_CORE_TIME_H_
#define PHX_CLIENT_CORE_TIME_H_

#include <chrono>

namespace phx {

using Duration = std::chrono::steady_clock::duration;
using TimePoint = std::chrono::steady_clock::time_point;

namespace core {

// `wait` in the clock's ticks; one that is longer than they can count is the longest.
constexpr Duration ToDuration(std::chrono::milliseconds wait) {
  constexpr auto kLongest = std::chrono::floor<std::chrono::milliseconds>(Duration::max());
  if (wait > kLongest) return Duration::max();
  return wait < -kLongest ? Duration::min() : Duration(wait);
}

// `wait` after `now`. A wait that is longer than the clock can count never ends.
inline TimePoint DeadlineAfter(TimePoint now, Duration wait) {
  return wait < TimePoint::max() - now ? now + wait : TimePoint::max();
}

}  // namespace core
}  // namespace phx

#endif  // PHX_CLIENT_CORE_TIME_H_
