// What the WebSocket transport costs, next to a client written by hand on bare sockets (epoll, one
// read and one write for each wake-up, frames parsed in place, nothing else). Both talk to the same
// kind of server: a thread that echoes frames, or pours them out, over the loopback interface.
//
//   bazel run --config=opt //client/transport:websocket_transport_benchmark
//
// Printed is the CPU time of the client's thread for each message of 64 bytes; the server's thread
// is not counted.
#include "client/transport/websocket_transport.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/strand.hpp"
#include "client/transport/transport.h"
#include "client/wire/frame.h"
#include "testing/bare_server.h"
#include "testing/benchmarks/bare_web_socket.h"
#include "testing/benchmarks/stopwatch.h"

namespace phx {
namespace {

constexpr std::size_t kPayloadSize = 64;
constexpr int kRepetitions = 5;

// A server with one connection and one thread. Echoes messages if `pour` is 0; otherwise sends that
// many messages and then waits for the end.
class Server {
 public:
  explicit Server(std::uint64_t pour) {
    thread_ = std::thread([this, pour] {
      server_.Accept();
      if (pour == 0) {
        Echo();
      } else {
        Pour(pour);
      }
    });
  }
  ~Server() { thread_.join(); }

  std::uint16_t port() const { return server_.port(); }

 private:
  void Echo() {
    while (server_.Read([this](wire::FrameView message) { server_.Append(message); })) {
      server_.Flush();
    }
  }

  void Pour(std::uint64_t count) {
    constexpr std::uint64_t kAtOnce = 256;
    const std::string payload(kPayloadSize, 'x');
    for (std::uint64_t sent = 0; sent < count; sent += kAtOnce) {
      for (std::uint64_t i = 0; i < kAtOnce; ++i) {
        server_.Append({wire::FrameType::kText, payload});
      }
      server_.Flush();
    }
    while (server_.Read([](wire::FrameView) {})) {
    }
  }

  test::BareServer server_;
  std::thread thread_;
};

// What a client does: `depth` messages in flight until `count` came back; or, with depth 0, nothing
// but receiving `count` messages.
struct Load {
  std::uint64_t depth;
  std::uint64_t count;
};

class TransportClient : public TransportHandler {
 public:
  TransportClient(std::uint16_t port, const Load& load) : load_(load) {
    transport_ = MakeWebSocketTransport()(boost::asio::make_strand(io_), *this);
    transport_->Open({.url = absl::StrCat("ws://127.0.0.1:", port, "/")});
  }

  // CPU nanoseconds per message.
  double Run() {
    io_.run();
    return cpu_ns_ / static_cast<double>(load_.count);
  }

  void OnTransportStage(ConnectStage, std::string_view) override {}
  void OnTransportOpen(OpenInfo) override {
    watch_.emplace();
    for (std::uint64_t i = 0; i < load_.depth; ++i) transport_->Send(frame_.view());
    sent_ = load_.depth;
    transport_->Flush();
  }
  void OnTransportFrame(wire::FrameView) override {
    if (++received_ == load_.count) {
      cpu_ns_ = watch_->cpu_ns();
      transport_->Abandon();
    } else if (load_.depth != 0 && sent_ < load_.count) {
      ++sent_;
      transport_->Send(frame_.view());
      transport_->Flush();
    }
  }
  void OnTransportClosed(TransportClosed closed) override {
    std::fprintf(stderr, "closed: %s\n", closed.status.ToString().c_str());
    std::_Exit(1);
  }

 private:
  const Load load_;
  const wire::Frame frame_{wire::FrameType::kText, std::string(kPayloadSize, 'x')};
  boost::asio::io_context io_{1};
  std::shared_ptr<Transport> transport_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::optional<benchmarks::Stopwatch> watch_;
  double cpu_ns_ = 0;
};

// The yardstick.
class HandWrittenClient {
 public:
  HandWrittenClient(std::uint16_t port, const Load& load) : load_(load), socket_(port, "/") {}

  double Run() {
    const benchmarks::Stopwatch watch;
    for (; sent_ < load_.depth; ++sent_) socket_.Append(payload_);
    socket_.Flush();
    while (received_ < load_.count) Turn();
    return watch.cpu_ns() / static_cast<double>(load_.count);
  }

 private:
  void Turn() {
    socket_.Read([this] {
      ++received_;
      if (load_.depth == 0 || sent_ == load_.count) return;
      ++sent_;
      socket_.Append(payload_);
    });
    socket_.Flush();
  }

  const Load load_;
  const std::string payload_ = std::string(kPayloadSize, 'x');
  benchmarks::BareWebSocket socket_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

template <typename Client>
double Measure(const Load& load) {
  double best = 0;
  for (int i = 0; i < kRepetitions; ++i) {
    Server server(load.depth == 0 ? load.count : 0);
    Client client(server.port(), load);
    const double cost = client.Run();
    best = i == 0 ? cost : std::min(best, cost);
  }
  return best;
}

void Report(const char* name, const Load& load) {
  const double by_hand = Measure<HandWrittenClient>(load);
  const double ours = Measure<TransportClient>(load);
  std::printf("%-22s %12.0f %12.0f %8.2f\n", name, by_hand, ours, ours / by_hand);
}

}  // namespace
}  // namespace phx

int main() {
  std::printf("CPU ns per message     hand-written    transport    ratio\n");
  phx::Report("echo, 1 in flight", {.depth = 1, .count = 50'000});
  phx::Report("echo, 16 in flight", {.depth = 16, .count = 400'000});
  phx::Report("echo, 256 in flight", {.depth = 256, .count = 2'000'000});
  phx::Report("receive only", {.depth = 0, .count = 8'192'000});
}
