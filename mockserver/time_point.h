// TimePoint: the instants that the cores of the mock server are told. They never read a clock: the
// front passes the real time, tests pass any.
#ifndef PHX_MOCKSERVER_TIME_POINT_H_
#define PHX_MOCKSERVER_TIME_POINT_H_

#include <chrono>

namespace phx::mock {

using TimePoint = std::chrono::steady_clock::time_point;

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_TIME_POINT_H_
