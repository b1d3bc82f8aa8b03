#include "testing/benchmarks/hand_written_client.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "testing/benchmarks/bare_web_socket.h"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/stopwatch.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

class HandWrittenClient {
 public:
  HandWrittenClient(const BenchServer& server, const Traffic& traffic)
      : traffic_(traffic), payload_(PayloadOf(traffic)), socket_(server.port(), kTarget) {}

  Cost Run() {
    Append(kTopic, "phx_join", "{}");
    socket_.Flush();
    while (received_ == 0) socket_.Read([this] { ++received_; });
    received_ = 0;
    const Stopwatch watch;
    Start();
    socket_.Flush();
    while (received_ < traffic_.count) Turn();
    cost_.cpu_ns = watch.cpu_ns() / static_cast<double>(traffic_.count);
    cost_.wall_ns = watch.wall_ns();
    return cost_;
  }

 private:
  void Start() {
    switch (traffic_.kind) {
      case Traffic::Kind::kEcho:
        sent_at_.emplace();
        for (; sent_ < traffic_.depth; ++sent_) Append(kTopic, "echo", payload_);
        break;
      case Traffic::Kind::kReceive: Append(kTopic, "pour", PourRequestOf(traffic_)); break;
      case Traffic::Kind::kJoin:
        for (; sent_ < traffic_.count; ++sent_) Append(TopicOf(sent_), "phx_join", "{}");
        break;
    }
  }

  void Append(std::string_view topic, std::string_view event, std::string_view payload) {
    message_.clear();
    AppendMessage(message_, ++ref_, topic, event, payload);
    socket_.Append(message_);
  }

  void Turn() {
    socket_.Read([this] {
      ++received_;
      if (traffic_.kind == Traffic::Kind::kEcho) Answer();
    });
    socket_.Flush();
  }

  void Answer() {
    if (traffic_.depth == 1) cost_.round_trips_ns.push_back(sent_at_->wall_ns());
    if (sent_ == traffic_.count) return;
    ++sent_;
    if (traffic_.depth == 1) sent_at_.emplace();
    Append(kTopic, "echo", payload_);
  }

  const Traffic traffic_;
  const std::string payload_;
  BareWebSocket socket_;
  std::uint64_t ref_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::string message_;
  std::optional<Stopwatch> sent_at_;
  Cost cost_;
};

}  // namespace

Cost RunHandWritten(const BenchServer& server, const Traffic& traffic) {
  return HandWrittenClient(server, traffic).Run();
}

}  // namespace phx::benchmarks
