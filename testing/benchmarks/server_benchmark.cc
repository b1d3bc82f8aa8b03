// What the mock server costs and manages, next to a server that does nothing but echo frames on the
// same transport code.
//
//   bazel run --config=opt //testing/benchmarks:server_benchmark
//
// The load comes from bare sockets on this thread; the server has one of its own, whose CPU time is
// what the process uses besides. Of a few repetitions, taken in turns, the best is kept.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <ctime>

#include "testing/benchmarks/bare_load.h"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/frame_echo_server.h"
#include "testing/benchmarks/stopwatch.h"

namespace phx::benchmarks {
namespace {

constexpr int kRepetitions = 5;

struct Figures {
  double server_cpu_ns = 1e300;  // for each message
  double wall_ns = 1e300;        // for each message

  void Improve(const Figures& other) {
    server_cpu_ns = std::min(server_cpu_ns, other.server_cpu_ns);
    wall_ns = std::min(wall_ns, other.wall_ns);
  }
};

// CPU time of all threads but this one.
class OtherThreads {
 public:
  OtherThreads() : process_(ReadClock(CLOCK_PROCESS_CPUTIME_ID)) {}
  double cpu_ns() const { return ReadClock(CLOCK_PROCESS_CPUTIME_ID) - process_ - mine_.cpu_ns(); }

 private:
  Stopwatch mine_;
  double process_;
};

template <typename Work>
Figures Measure(double messages, const Work& work) {
  const Stopwatch watch;
  const OtherThreads server;
  work();
  return {.server_cpu_ns = server.cpu_ns() / messages, .wall_ns = watch.wall_ns() / messages};
}

template <typename Server>
Figures MeasureEcho(int connections, std::uint64_t depth, std::uint64_t count) {
  const Server server;
  BareLoad load(server.port(), connections);
  load.Echo(depth, count / 10);  // warms up
  return Measure(static_cast<double>(count), [&] { load.Echo(depth, count); });
}

void ReportEcho(int connections, std::uint64_t depth, std::uint64_t count) {
  Figures bare;
  Figures mock;
  for (int i = 0; i < kRepetitions; ++i) {
    bare.Improve(MeasureEcho<FrameEchoServer>(connections, depth, count));
    mock.Improve(MeasureEcho<BenchServer>(connections, depth, count));
  }
  const auto print = [&](const char* name, const Figures& figures) {
    std::printf("  %-26s %12.3f %8.2f %12.0f %8.2f\n", name, figures.server_cpu_ns / 1e3,
                figures.server_cpu_ns / bare.server_cpu_ns, 1e9 / figures.wall_ns,
                bare.wall_ns / figures.wall_ns);
  };
  std::printf("\necho, 64 bytes, %d connections with %d in flight each\n", connections,
              static_cast<int>(depth));
  std::printf("  %26s %12s %8s %12s %8s\n", "", "µs of CPU", "ratio", "messages/s", "ratio");
  print("frames alone", bare);
  print("mock server", mock);
  std::fflush(stdout);
}

void ReportBroadcasts() {
  constexpr std::uint64_t kInFlight = 16;
  constexpr double kDeliveries = 200'000;
  std::printf("\nbroadcast, 64 bytes, %d in flight: µs of server CPU for each receiver\n",
              static_cast<int>(kInFlight));
  double first = 0;
  for (const int receivers : {1, 10, 100, 1000}) {
    const auto count = static_cast<std::uint64_t>(kDeliveries / receivers);
    Figures best;
    for (int i = 0; i < kRepetitions; ++i) {
      const BenchServer server;
      BareLoad load(server.port(), receivers);
      load.Shout(kInFlight, kInFlight);  // warms up
      best.Improve(Measure(kDeliveries, [&] { load.Shout(kInFlight, count); }));
    }
    if (first == 0) first = best.server_cpu_ns;
    std::printf("  %5d receivers %29.3f %8.2f\n", receivers, best.server_cpu_ns / 1e3,
                best.server_cpu_ns / first);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace phx::benchmarks

int main() {
  std::printf("best of %d\n", phx::benchmarks::kRepetitions);
  phx::benchmarks::ReportEcho(1, 256, 400'000);
  phx::benchmarks::ReportEcho(50, 16, 400'000);
  phx::benchmarks::ReportEcho(50, 1, 100'000);
  phx::benchmarks::ReportBroadcasts();
}
