// The limit: bare sockets, one epoll_wait, one recv and one send for all that there is at a time,
// frames counted and not looked at. Whatever does more cannot cost less.
#ifndef PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_
#define PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

// `traffic` does not parse payloads; `server` is plain.
Cost RunHandWritten(const BenchServer& server, const Traffic& traffic);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_HAND_WRITTEN_CLIENT_H_
