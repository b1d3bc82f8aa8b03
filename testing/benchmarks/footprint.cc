#include "testing/benchmarks/footprint.h"

#include <cstdint>
#include <memory>

#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/memory_use.h"
#include "testing/benchmarks/server_process.h"
#include "testing/benchmarks/stopwatch.h"

namespace phx::benchmarks {
namespace {

constexpr int kWarmUp = 50;

struct BothEnds {
  explicit BothEnds(const ServerProcess& process)
      : client(MemoryUse::Now()), server(process.memory()) {}

  MemoryUse client;
  MemoryUse server;
};

}  // namespace

Footprint Footprint::Measure(CrowdFactory make, const ServerProcess& server, int connections,
                             std::uint64_t further_channels) {
  const std::unique_ptr<Crowd> crowd = make(server.port());
  for (int i = 0; i < kWarmUp; ++i) crowd->Connect();
  const BothEnds before(server);
  const Stopwatch watch;
  for (int i = 0; i < connections; ++i) crowd->Connect();
  const double cpu_ns = watch.cpu_ns();
  const BothEnds connected(server);
  crowd->JoinMore(further_channels);
  const BothEnds joined(server);
  const double channels = static_cast<double>(further_channels) * (connections + kWarmUp);
  return {.cpu_ns = cpu_ns / connections,
          .connection = (connected.client - before.client) / connections,
          .channel = (joined.client - connected.client) / channels,
          .connection_at_server = (connected.server - before.server) / connections,
          .channel_at_server = (joined.server - connected.server) / channels};
}

}  // namespace phx::benchmarks
