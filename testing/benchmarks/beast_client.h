// What one writes with Boost.Beast's websocket stream: a read for each message, a write for each
// message, a queue of what is to be written. With `parses_payloads` messages are made and read with
// nlohmann::json; otherwise they are text put together by hand, and those that come are counted.
#ifndef PHX_TESTING_BENCHMARKS_BEAST_CLIENT_H_
#define PHX_TESTING_BENCHMARKS_BEAST_CLIENT_H_

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

// `server` is plain.
Cost RunBeast(const BenchServer& server, const Traffic& traffic);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BEAST_CLIENT_H_
