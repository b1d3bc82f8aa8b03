// A crowd of bare sockets, with hardly anything kept for each: the least that is possible.
#ifndef PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CROWD_H_
#define PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CROWD_H_

#include <cstdint>
#include <memory>

#include "testing/benchmarks/crowd.h"

namespace phx::benchmarks {

std::unique_ptr<Crowd> MakeHandWrittenCrowd(std::uint16_t port);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CROWD_H_
