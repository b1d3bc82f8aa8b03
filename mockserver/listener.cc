#include "mockserver/listener.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"
#include "mockserver/connection.h"
#include "mockserver/io_thread.h"
#include "mockserver/open_acceptor.h"

namespace phx::mock {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// A load generator opens thousands at once. The system lowers it to what it allows.
constexpr int kBacklog = 65535;

// When no descriptor is free: until some connection may have ended.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

Listener::Listener(std::vector<std::shared_ptr<IoThread>> threads,
                   std::shared_ptr<ServerContext> server)
    : threads_(std::move(threads)),
      server_(std::move(server)),
      acceptor_(threads_.front()->context()),
      pause_(threads_.front()->context()) {}

absl::Status Listener::Listen(const std::string& address, std::uint16_t port) {
  const absl::StatusOr<tcp::endpoint> endpoint =
      OpenAcceptor(acceptor_, {.address = address, .port = port, .backlog = kBacklog});
  if (endpoint.ok()) endpoint_ = *endpoint;
  return endpoint.status();
}

void Listener::Start() {
  ++starts_;
  Accept();
}

void Listener::Stop() {
  error_code ignored;
  acceptor_.close(ignored);
  ++starts_;
  pause_.cancel();
}

void Listener::Accept() {
  const std::shared_ptr<IoThread>& home = threads_[accepted_ % threads_.size()];
  acceptor_.async_accept(
      home->context(), [this, home, start = starts_](error_code error, tcp::socket socket) {
        if (start != starts_ || !acceptor_.is_open()) return;
        if (error) return AcceptLater();
        error_code ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto connection =
            std::make_shared<Connection>(home, server_, server_->next_id++, std::move(socket));
        ++accepted_;
        home->Post([connection](IoThread& thread) { thread.Add(connection); });
        Accept();
      });
}

void Listener::AcceptLater() {
  pause_.expires_after(kPause);
  pause_.async_wait([this, start = starts_](error_code error) {
    if (!error && start == starts_) Accept();
  });
}

}  // namespace phx::mock
