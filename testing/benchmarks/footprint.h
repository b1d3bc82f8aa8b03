// Footprint: what the connections of a crowd cost, to make them and to hold them idle.
#ifndef PHX_TESTING_BENCHMARKS_FOOTPRINT_H_
#define PHX_TESTING_BENCHMARKS_FOOTPRINT_H_

#include <cstdint>

#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/memory_use.h"
#include "testing/benchmarks/server_process.h"

namespace phx::benchmarks {

struct Footprint {
  double cpu_ns = 0;     // of the calling thread, for each connection with its first join
  MemoryUse connection;  // for each connection with one channel, in this process
  MemoryUse channel;     // for each further channel
  MemoryUse connection_at_server;
  MemoryUse channel_at_server;

  // Makes a crowd of `connections`, and joins `further_channels` on each. Some connections that
  // come first, so that what is needed once is there, are not counted.
  static Footprint Measure(CrowdFactory make, const ServerProcess& server, int connections,
                           std::uint64_t further_channels);
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_FOOTPRINT_H_
