#include "testing/benchmarks/phx_client.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "boost/asio/io_context.hpp"
#include "client/channel.h"
#include "client/options.h"
#include "client/push.h"
#include "client/socket.h"
#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/stopwatch.h"
#include "testing/benchmarks/traffic.h"
#include "testing/tls_certs.h"

namespace phx::benchmarks {
namespace {

SocketOptions OptionsOf(const Traffic& traffic) {
  SocketOptions options;
  options.max_joins_in_flight = 0;
  options.max_push_buffer = traffic.count;
  options.tls.ca_pem = test::TlsCerts::Get().ca_pem();
  return options;
}

class PhxClient {
 public:
  PhxClient(const BenchServer& server, const Traffic& traffic)
      : traffic_(traffic),
        payload_(PayloadOf(traffic)),
        socket_(io_.get_executor(), server.url(), OptionsOf(traffic)),
        channel_(socket_.Channel(kTopic)) {}

  Cost Run() {
    socket_.OnError([](const SocketError& error) { GiveUp(error.status.ToString()); });
    if (!socket_.Connect().ok()) GiveUp("connect");
    channel_.Join().Receive("ok", [this](const Reply&) { Start(); });
    io_.run();
    return cost_;
  }

 private:
  void Start() {
    watch_.emplace();
    switch (traffic_.kind) {
      case Traffic::Kind::kEcho:
        for (std::uint64_t i = 0; i < traffic_.depth; ++i) Echo();
        break;
      case Traffic::Kind::kReceive:
        channel_.On("news", [this](const Message& message) { OnNews(message); });
        channel_.Cast("pour", wire::Payload::JsonText(wire::Text(PourRequestOf(traffic_))));
        break;
      case Traffic::Kind::kJoin: Join(); break;
    }
  }

  void Echo() {
    ++sent_;
    if (traffic_.depth == 1) sent_at_.emplace();
    channel_.Push("echo", wire::Payload::JsonText(wire::Text::Borrow(payload_)))
        .Receive("ok", [this](const Reply& reply) {
          if (traffic_.depth == 1) cost_.round_trips_ns.push_back(sent_at_->wall_ns());
          Check(reply.response);
          if (sent_ < traffic_.count) Echo();
          CountOne();
        });
  }

  void OnNews(const Message& message) {
    Check(message.payload);
    CountOne();
  }

  void Join() {
    for (std::uint64_t i = 0; i < traffic_.count; ++i) {
      socket_.Channel(TopicOf(i)).Join().Receive([this](const Reply& reply) {
        if (!reply.ok()) GiveUp("a join was refused");
        CountOne();
      });
    }
  }

  void Check(const wire::Payload& payload) const {
    if (traffic_.parses_payloads && !payload.json().is_object()) GiveUp("a payload is not JSON");
  }

  void CountOne() {
    if (++done_ != traffic_.count) return;
    cost_.cpu_ns = watch_->cpu_ns() / static_cast<double>(traffic_.count);
    cost_.wall_ns = watch_->wall_ns();
    socket_.Disconnect();
  }

  const Traffic traffic_;
  const std::string payload_;
  boost::asio::io_context io_{1};
  Socket socket_;
  Channel channel_;
  std::optional<Stopwatch> watch_;
  std::optional<Stopwatch> sent_at_;
  std::uint64_t sent_ = 0;
  std::uint64_t done_ = 0;
  Cost cost_;
};

}  // namespace

Cost RunPhx(const BenchServer& server, const Traffic& traffic) {
  return PhxClient(server, traffic).Run();
}

}  // namespace phx::benchmarks
