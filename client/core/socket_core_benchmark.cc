// Whether an operation of the core costs the same however much it has to keep: 100 to 100,000
// channels, pushes without a reply, and handlers. No network.
//
//   bazel run --config=opt //client/core:socket_core_benchmark
//
// Printed are nanoseconds for each operation, the best of a few repetitions, and the ratio to that
// with the least to keep. What grows is the time that memory takes: 100 channels fit into the
// processor's caches, 100,000 do not. That nothing is searched, socket_core_cost_test shows.
#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>

#include "client/core/crowded_core.h"
#include "testing/benchmarks/stopwatch.h"

namespace phx::core {
namespace {

constexpr int kRepetitions = 5;
constexpr int kOperations = 100'000;

double Nanoseconds(const std::function<void()>& operation) {
  double best = 0;
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    const benchmarks::Stopwatch watch;
    for (int i = 0; i < kOperations; ++i) operation();
    const double ns = watch.cpu_ns() / kOperations;
    best = repetition == 0 ? ns : std::min(best, ns);
  }
  return best;
}

void Report(const CrowdedOperation& operation) {
  std::printf("\n%s\n", operation.what);
  double least = 0;
  for (const std::size_t count : {100U, 1'000U, 10'000U, 100'000U}) {
    const double ns = Nanoseconds(operation.make(count));
    if (least == 0) least = ns;
    std::printf("  %8zu %12.0f %8.2f\n", count, ns, ns / least);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace phx::core

int main() {
  std::printf("CPU ns for each operation; the last column is the ratio to the first line\n");
  for (const auto& operation : phx::core::CrowdedOperations()) phx::core::Report(operation);
}
