#include "testing/benchmarks/program_client.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/traffic.h"
#include "testing/child_process.h"

namespace phx::benchmarks {
namespace {

std::string NameOf(Traffic::Kind kind) {
  switch (kind) {
    case Traffic::Kind::kEcho: return "echo";
    case Traffic::Kind::kReceive: return "receive";
    case Traffic::Kind::kJoin: return "join";
  }
  GiveUp("no such traffic");
}

}  // namespace

Cost RunProgram(const std::vector<std::string>& command, const BenchServer& server,
                const Traffic& traffic) {
  std::vector<std::string> arguments(command.begin() + 1, command.end());
  arguments.push_back(server.url());
  arguments.push_back(NameOf(traffic.kind));
  arguments.push_back(absl::StrCat(traffic.count));
  arguments.push_back(absl::StrCat(traffic.depth));
  arguments.push_back(PayloadOf(traffic));
  test::ChildProcess program(command.front(), arguments);
  const std::string line = program.ReadLine();
  const nlohmann::json cost = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!cost.is_object()) GiveUp(command.back() + ": " + line);
  return {.cpu_ns = cost.at("cpu_ns").get<double>(),
          .wall_ns = cost.at("wall_ns").get<double>(),
          .round_trips_ns = cost.at("round_trips_ns").get<std::vector<double>>()};
}

}  // namespace phx::benchmarks
