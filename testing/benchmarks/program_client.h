// A client that is a program of its own, in another language. It is started with
//
//   URL echo|receive|join COUNT DEPTH PAYLOAD
//
// as its last arguments, and prints {"cpu_ns": …, "wall_ns": …, "round_trips_ns": […]}.
#ifndef PHX_TESTING_BENCHMARKS_PROGRAM_CLIENT_H_
#define PHX_TESTING_BENCHMARKS_PROGRAM_CLIENT_H_

#include <string>
#include <vector>

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

// `command` is the program, found as a shell finds it, and its first arguments.
Cost RunProgram(const std::vector<std::string>& command, const BenchServer& server,
                const Traffic& traffic);

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_PROGRAM_CLIENT_H_
