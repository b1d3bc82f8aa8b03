// A crowd of this client, with one handler for each channel.
#ifndef PHX_TESTING_BENCHMARKS_PHX_CROWD_H_
#define PHX_TESTING_BENCHMARKS_PHX_CROWD_H_

#include <cstdint>
#include <memory>

#include "testing/benchmarks/crowd.h"

namespace phx::benchmarks {

std::unique_ptr<Crowd> MakePhxCrowd(std::uint16_t port);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_PHX_CROWD_H_
