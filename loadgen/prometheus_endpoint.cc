#include "loadgen/prometheus_endpoint.h"

#include <chrono>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/read_until.hpp"
#include "boost/asio/streambuf.hpp"
#include "boost/asio/write.hpp"
#include "boost/system/error_code.hpp"

namespace phx::loadgen {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kMaxRequest = 16 * 1024;
// Whoever is slower than this is cut off: nothing may keep a run from ending.
constexpr std::chrono::seconds kPatience(2);
// After a failure to accept, as when there is no descriptor left, which a run may well bring about.
constexpr std::chrono::milliseconds kPause(200);

// One connection: a request, an answer, the end.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(tcp::socket socket, std::function<std::string()> text)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), text_(std::move(text)) {}

  void Start() {
    timer_.expires_after(kPatience);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->Close();
    });
    boost::asio::async_read_until(socket_, request_, "\r\n\r\n",
                                  [self = shared_from_this()](error_code error, std::size_t) {
                                    if (error) return self->Close();
                                    self->Answer();
                                  });
  }

 private:
  void Answer() {
    const std::string body = text_();
    answer_ = absl::StrCat(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: ",
        body.size(), "\r\nConnection: close\r\n\r\n", body);
    boost::asio::async_write(
        socket_, boost::asio::buffer(answer_),
        [self = shared_from_this()](error_code, std::size_t) { self->Close(); });
  }

  void Close() {
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    timer_.cancel();
  }

  tcp::socket socket_;
  boost::asio::steady_timer timer_;
  const std::function<std::string()> text_;
  boost::asio::streambuf request_{kMaxRequest};
  std::string answer_;
};

}  // namespace

PrometheusEndpoint::PrometheusEndpoint(boost::asio::io_context& io, std::uint16_t port,
                                       std::function<std::string()> text)
    : acceptor_(io), pause_(io), text_(std::move(text)) {
  error_code error;
  const tcp::endpoint endpoint(tcp::v4(), port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error) {
    status_ = absl::InvalidArgumentError(absl::StrCat("--prometheus: cannot listen on port ", port,
                                                      ": ", error.message(), "; give another one"));
    return;
  }
  Accept();
}

std::uint16_t PrometheusEndpoint::port() const {
  error_code error;
  return acceptor_.local_endpoint(error).port();
}

void PrometheusEndpoint::Close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

void PrometheusEndpoint::Accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) return AcceptLater();
    std::make_shared<Exchange>(std::move(socket), text_)->Start();
    Accept();
  });
}

void PrometheusEndpoint::AcceptLater() {
  pause_.expires_after(kPause);
  pause_.async_wait([this](error_code error) {
    if (!error && acceptor_.is_open()) Accept();
  });
}

}  // namespace phx::loadgen
