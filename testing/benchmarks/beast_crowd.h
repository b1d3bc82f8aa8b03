// A crowd as one writes it with Boost.Beast: a stream, a buffer and a pending read each.
#ifndef PHX_TESTING_BENCHMARKS_BEAST_CROWD_H_
#define PHX_TESTING_BENCHMARKS_BEAST_CROWD_H_

#include <cstdint>
#include <memory>

#include "testing/benchmarks/crowd.h"

namespace phx::benchmarks {

std::unique_ptr<Crowd> MakeBeastCrowd(std::uint16_t port);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BEAST_CROWD_H_
