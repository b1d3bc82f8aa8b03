// The limit: a bare WebSocket (bare_web_socket.h) that knows just enough of Phoenix to be answered.
// Whatever does more cannot cost less.
#ifndef PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_
#define PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

// `traffic` does not parse payloads; `server` is plain.
Cost RunHandWritten(const BenchServer& server, const Traffic& traffic);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_
