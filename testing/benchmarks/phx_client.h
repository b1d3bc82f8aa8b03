// The client of this repository, with all that it does: refs, timeouts, dispatch to handlers.
#ifndef PHX_TESTING_BENCHMARKS_PHX_CLIENT_H_
#define PHX_TESTING_BENCHMARKS_PHX_CLIENT_H_

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

Cost RunPhx(const BenchServer& server, const Traffic& traffic);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_PHX_CLIENT_H_
