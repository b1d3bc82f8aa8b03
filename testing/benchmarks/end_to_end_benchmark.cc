// What the client costs, next to the least that is possible and to what one would write otherwise.
//
//   bazel run --config=opt //testing/benchmarks:end_to_end_benchmark [-- TITLE [CONTENDER]]
//   tools/peers/run.sh [TITLE [CONTENDER]]      with Phoenix's JavaScript client besides
//
// TITLE and CONTENDER are regular expressions; only what has a match is run.
//
// All clients do the same traffic against the same server in the same run; each figure is the best
// of a few repetitions, taken in turns, so that a slow moment of the machine is nobody's alone.
// CPU is that of the client's thread; the server runs on another one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "testing/benchmarks/beast_client.h"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/hand_written_client.h"
#include "testing/benchmarks/phx_client.h"
#include "testing/benchmarks/program_client.h"
#include "testing/benchmarks/stopwatch.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

constexpr int kRepetitions = 5;

using Client = std::function<Cost(const BenchServer&, const Traffic&)>;

struct Contender {
  std::string name;
  Client run;
  BenchServer::Security security = BenchServer::Security::kPlain;
  bool parses_payloads = false;
  bool only_receives = false;
};

// What a handler that parses cannot do without: no network, no client.
Cost ParseAlone(const BenchServer& /*server*/, const Traffic& traffic) {
  const std::string payload = PayloadOf(traffic);
  const Stopwatch watch;
  for (std::uint64_t i = 0; i < traffic.count; ++i) {
    if (!nlohmann::json::parse(payload).is_object()) GiveUp("a payload is not JSON");
  }
  return {.cpu_ns = watch.cpu_ns() / static_cast<double>(traffic.count),
          .wall_ns = watch.wall_ns()};
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The best of both, figure by figure.
void Improve(Cost& best, const Cost& cost) {
  best.cpu_ns = std::min(best.cpu_ns, cost.cpu_ns);
  best.wall_ns = std::min(best.wall_ns, cost.wall_ns);
  if (Median(cost.round_trips_ns) < Median(best.round_trips_ns)) {
    best.round_trips_ns = cost.round_trips_ns;
  }
}

std::vector<Cost> Measure(const Traffic& traffic, const std::vector<Contender>& contenders) {
  std::vector<Cost> best(contenders.size());
  for (int repetition = 0; repetition < kRepetitions; ++repetition) {
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      const BenchServer server(contenders[i].security);
      Traffic mine = traffic;
      mine.parses_payloads = contenders[i].parses_payloads;
      const Cost cost = contenders[i].run(server, mine);
      if (repetition == 0) {
        best[i] = cost;
      } else {
        Improve(best[i], cost);
      }
    }
  }
  return best;
}

// One comparison; `figure` picks what is compared. The first contender is 1.
struct Comparison {
  std::string title;
  std::string unit;
  Traffic traffic;
  double (*figure)(const Cost&);
};

void Report(const Comparison& comparison, std::vector<Contender> contenders) {
  if (comparison.traffic.kind != Traffic::Kind::kReceive) {
    std::erase_if(contenders, [](const Contender& one) { return one.only_receives; });
  }
  if (contenders.empty()) return;
  const std::vector<Cost> costs = Measure(comparison.traffic, contenders);
  std::printf("\n%s: %s\n", comparison.title.c_str(), comparison.unit.c_str());
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    const double figure = comparison.figure(costs[i]);
    std::printf("  %-26s %12.2f %8.2f\n", contenders[i].name.c_str(), figure,
                figure / comparison.figure(costs[0]));
  }
  std::fflush(stdout);
}

double CpuMicroseconds(const Cost& cost) { return cost.cpu_ns / 1e3; }
double RoundTripMicroseconds(const Cost& cost) { return Median(cost.round_trips_ns) / 1e3; }
double WallMilliseconds(const Cost& cost) { return cost.wall_ns / 1e6; }

std::vector<Contender> AllContenders() {
  std::vector<Contender> all = {
      {"hand-written limit", RunHandWritten},
      {"phx", RunPhx},
      {"phx, payload parsed", RunPhx, BenchServer::Security::kPlain, /*parses_payloads=*/true},
      {"phx, TLS", RunPhx, BenchServer::Security::kTls},
      {"Beast", RunBeast},
      {"Beast + nlohmann", RunBeast, BenchServer::Security::kPlain, /*parses_payloads=*/true},
      {"nlohmann's parser alone", ParseAlone, BenchServer::Security::kPlain,
       /*parses_payloads=*/true, /*only_receives=*/true},
  };
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
  if (const char* script = std::getenv("PHX_PEER_PHOENIX_JS")) {
    all.push_back({"phoenix.js", [script](const BenchServer& server, const Traffic& traffic) {
                     return RunProgram({"/usr/bin/env", "node", script}, server, traffic);
                   }});
  }
  return all;
}

constexpr char kCpu[] = "µs of CPU per message";
using Kind = Traffic::Kind;
constexpr std::size_t kKiB = 1024;

const std::vector<Comparison> kComparisons = {
    {"push and reply, 64 bytes, 256 in flight",
     kCpu,
     {.kind = Kind::kEcho, .count = 200'000, .depth = 256},
     CpuMicroseconds},
    {"push and reply, 64 bytes, 16 in flight",
     kCpu,
     {.kind = Kind::kEcho, .count = 100'000, .depth = 16},
     CpuMicroseconds},
    {"push and reply, 64 bytes, one at a time",
     kCpu,
     {.kind = Kind::kEcho, .count = 10'000, .depth = 1},
     CpuMicroseconds},
    {"push and reply, 64 bytes, one at a time, round trip",
     "µs (median)",
     {.kind = Kind::kEcho, .count = 10'000, .depth = 1},
     RoundTripMicroseconds},
    {"messages received, 64 bytes",
     kCpu,
     {.kind = Kind::kReceive, .count = 200'000},
     CpuMicroseconds},
    {"push and reply, 1 KiB, 256 in flight",
     kCpu,
     {.kind = Kind::kEcho, .count = 50'000, .depth = 256, .payload_size = kKiB},
     CpuMicroseconds},
    {"push and reply, 16 KiB, 16 in flight",
     kCpu,
     {.kind = Kind::kEcho, .count = 4'000, .depth = 16, .payload_size = 16 * kKiB},
     CpuMicroseconds},
    {"messages received, 1 KiB",
     kCpu,
     {.kind = Kind::kReceive, .count = 20'000, .payload_size = kKiB},
     CpuMicroseconds},
    {"messages received, 16 KiB",
     kCpu,
     {.kind = Kind::kReceive, .count = 1'000, .payload_size = 16 * kKiB},
     CpuMicroseconds},
    {"10,000 topics joined on one connection",
     "µs of CPU per join",
     {.kind = Kind::kJoin, .count = 10'000},
     CpuMicroseconds},
    {"10,000 topics joined on one connection",
     "ms until all are",
     {.kind = Kind::kJoin, .count = 10'000},
     WallMilliseconds},
};

std::regex Pattern(const char* text) {
  try {
    return std::regex(text);
  } catch (const std::regex_error& error) {
    GiveUp(std::string("\"") + text + "\" is no regular expression: " + error.what());
  }
}

}  // namespace
}  // namespace phx::benchmarks

int main(int argc, char** argv) {
  using namespace phx::benchmarks;
  const std::regex title = Pattern(argc > 1 ? argv[1] : "");
  const std::regex name = Pattern(argc > 2 ? argv[2] : "");
  std::vector<Contender> contenders = AllContenders();
  std::erase_if(contenders,
                [&](const Contender& one) { return !std::regex_search(one.name, name); });
  std::printf("best of %d; the last column is the ratio to the first line\n", kRepetitions);
  for (const Comparison& comparison : kComparisons) {
    if (std::regex_search(comparison.title, title)) Report(comparison, contenders);
  }
}
