// What a connection costs: to make it and join a channel on it, and to hold it when it is idle.
//
//   bazel run --config=opt //testing/benchmarks:connection_benchmark
//
// All clients talk to one server, which is a process of its own; each is measured in a fresh
// process, in turns. Of a few repetitions the best is kept. CPU is that of the client's thread,
// with what the kernel does there; memory is that of the client's process.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <vector>

#include "testing/benchmarks/beast_crowd.h"
#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/footprint.h"
#include "testing/benchmarks/forked_call.h"
#include "testing/benchmarks/hand_written_crowd.h"
#include "testing/benchmarks/memory_use.h"
#include "testing/benchmarks/phx_crowd.h"
#include "testing/benchmarks/server_process.h"

namespace phx::benchmarks {
namespace {

constexpr int kRepetitions = 5;
constexpr int kConnections = 1000;
constexpr std::uint64_t kFurtherChannels = 10;

struct Contender {
  const char* name;
  CrowdFactory make;
};

constexpr Contender kContenders[] = {
    {"Beast", MakeBeastCrowd},
    {"hand-written limit", MakeHandWrittenCrowd},
    {"phx", MakePhxCrowd},
};

void Report(const char* what, const std::vector<Footprint>& footprints,
            double (*figure)(const Footprint&)) {
  std::printf("\n%s\n", what);
  for (std::size_t i = 0; i < footprints.size(); ++i) {
    const double value = figure(footprints[i]);
    std::printf("  %-26s %12.1f %8.2f\n", kContenders[i].name, value,
                value / figure(footprints[0]));
  }
}

void Run() {
  std::vector<Footprint> best(std::size(kContenders));
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    for (std::size_t i = 0; i < best.size(); ++i) {
      const ServerProcess server;
      const auto footprint = ForkedCall<Footprint>([&] {
        return Footprint::Measure(kContenders[i].make, server, kConnections, kFurtherChannels);
      });
      const double cpu_ns = repetition == 0 ? footprint.cpu_ns : best[i].cpu_ns;
      best[i] = footprint;
      best[i].cpu_ns = std::min(cpu_ns, footprint.cpu_ns);
    }
  }
  std::printf("%d connections; the last column is the ratio to the first line\n", kConnections);
  using F = const Footprint&;
  Report("connect and join: µs of CPU", best, [](F f) { return f.cpu_ns / 1e3; });
  Report("idle connection with one channel: bytes of heap", best,
         [](F f) { return f.connection.heap; });
  Report("idle connection with one channel: bytes resident", best,
         [](F f) { return f.connection.resident; });
  Report("each further channel: bytes of heap", best, [](F f) { return f.channel.heap; });
  Report("each further channel: bytes resident", best, [](F f) { return f.channel.resident; });
  const MemoryUse& connection = best[0].connection_at_server;
  const MemoryUse& channel = best[0].channel_at_server;
  std::printf(
      "\nmock server: %.0f bytes of heap (%.0f resident) for each idle connection with one "
      "channel,\n%.0f (%.0f) for each further channel\n",
      connection.heap, connection.resident, channel.heap, channel.resident);
}

}  // namespace
}  // namespace phx::benchmarks

int main() { phx::benchmarks::Run(); }
