// The clock on the wall, which may be set, and which machines have in common.
#ifndef PHX_LOADGEN_WALL_CLOCK_H_
#define PHX_LOADGEN_WALL_CLOCK_H_

#include <chrono>

#include "loadgen/start_time.h"
#include "loadgen/time.h"

namespace phx::loadgen {

inline WallTime WallNow() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_WALL_CLOCK_H_
