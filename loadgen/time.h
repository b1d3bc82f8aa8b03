// The time that the load generator's pure parts are told. Only worker.cc and load_run.cc read a
// clock.
#ifndef PHX_LOADGEN_TIME_H_
#define PHX_LOADGEN_TIME_H_

#include <chrono>

namespace phx::loadgen {

using Clock = std::chrono::steady_clock;
using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<Clock, Duration>;

inline double ToSeconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_TIME_H_
