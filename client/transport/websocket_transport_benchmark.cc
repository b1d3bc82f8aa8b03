// What the WebSocket transport costs, next to a client written by hand on bare sockets (epoll, one
// read and one write for each wake-up, frames parsed in place, nothing else). Both talk to the same
// kind of server: a thread that echoes frames, or pours them out, over the loopback interface.
//
//   bazel run --config=opt //client/transport:websocket_transport_benchmark
//
// Printed is the CPU time of the client's thread for each message of 64 bytes; the server's thread
// is not counted.
#include "client/transport/websocket_transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/strand.hpp"
#include "client/transport/transport.h"
#include "client/wire/frame.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "client/wire/websocket_handshake.h"
#include "testing/benchmarks/bare_web_socket.h"
#include "testing/benchmarks/stopwatch.h"

namespace phx {
namespace {

constexpr std::size_t kBufferSize = std::size_t{256} * 1024;
constexpr std::size_t kPayloadSize = 64;
constexpr int kRepetitions = 5;

void Check(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::_Exit(1);
}

void SendAll(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) return;  // the client has what it wanted
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void NoDelay(int socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// A server with one connection and one thread.
class Server {
 public:
  // Echoes messages if `pour` is 0; otherwise sends that many messages and then waits for the end.
  explicit Server(std::uint64_t pour) : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    Check(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
    Check(listen(listener_, 1) == 0, "listen");
    Check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, pour] { Serve(pour); });
  }
  ~Server() {
    thread_.join();
    close(listener_);
  }

  std::uint16_t port() const { return port_; }

 private:
  void Serve(std::uint64_t pour) {
    const int connection = accept(listener_, nullptr, nullptr);
    Check(connection >= 0, "accept");
    NoDelay(connection);
    Answer(connection);
    if (pour == 0) {
      Echo(connection);
    } else {
      Pour(connection, pour);
    }
    close(connection);
  }

  void Answer(int connection) {
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) {
      const ssize_t size = recv(connection, buffer_.data(), buffer_.size(), 0);
      Check(size > 0, "recv");
      request.append(buffer_.data(), static_cast<std::size_t>(size));
    }
    const std::string_view name = "Sec-WebSocket-Key: ";
    const std::size_t key = request.find(name) + name.size();
    const std::string accept = wire::WebSocketAccept(request.substr(key, 24));
    SendAll(connection, absl::StrCat("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                     "Connection: Upgrade\r\nSec-WebSocket-Accept: ",
                                     accept, "\r\n\r\n"));
  }

  void Echo(int connection) {
    wire::WebSocketFrameDecoder decoder({.role = wire::WebSocketRole::kServer});
    std::string out;
    for (;;) {
      const ssize_t size = recv(connection, buffer_.data(), buffer_.size(), 0);
      if (size <= 0) return;
      decoder.Feed(buffer_.data(), static_cast<std::size_t>(size));
      for (;;) {
        const wire::WebSocketEvent event = decoder.Next();
        if (event.kind != wire::WebSocketEvent::Kind::kMessage) break;
        wire::AppendMessage(out, event.message(), std::nullopt);
      }
      SendAll(connection, out);
      out.clear();
    }
  }

  void Pour(int connection, std::uint64_t count) {
    constexpr std::uint64_t kAtOnce = 256;
    std::string out;
    for (std::uint64_t i = 0; i < kAtOnce; ++i) {
      const std::string payload(kPayloadSize, 'x');
      wire::AppendMessage(out, {wire::FrameType::kText, payload}, std::nullopt);
    }
    for (std::uint64_t sent = 0; sent < count; sent += kAtOnce) SendAll(connection, out);
    while (recv(connection, buffer_.data(), buffer_.size(), 0) > 0) {
    }
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::vector<char> buffer_ = std::vector<char>(kBufferSize);
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
