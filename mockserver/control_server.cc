#include "mockserver/control_server.h"

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/write.hpp"
#include "boost/system/error_code.hpp"
#include "mockserver/endpoint.h"
#include "mockserver/http_message.h"
#include "mockserver/http_reader.h"
#include "mockserver/open_acceptor.h"

namespace phx::mock {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

// When no descriptor is free: until some may be.
constexpr std::chrono::milliseconds kPause{100};

}  // namespace

class ControlServer::Impl {
 public:
  Impl(const std::string& address, std::uint16_t port, ControlApi& api)
      : api_(api), acceptor_(context_), status_(Listen(address, port)) {
    if (status_.ok()) thread_ = std::thread([this] { Accept(); });
  }

  ~Impl() {
    if (!thread_.joinable()) return;
    api_.Stop();
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      is_stopping_ = true;
      // A blocking call is woken by this, and by nothing that may be done to the object itself.
      ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
      for (tcp::socket& socket : sockets_) ::shutdown(socket.native_handle(), SHUT_RDWR);
    }
    changed_.notify_all();
    thread_.join();
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return sockets_.empty(); });
  }

  const absl::Status& status() const { return status_; }
  std::string url() const {
    return status_.ok()
               ? absl::StrCat("http://", endpoint_.address().is_v6() ? "[" : "",
                              endpoint_.address().to_string(),
                              endpoint_.address().is_v6() ? "]" : "", ":", endpoint_.port())
               : std::string();
  }

 private:
  absl::Status Listen(const std::string& address, std::uint16_t port) {
    const absl::StatusOr<tcp::endpoint> endpoint =
        OpenAcceptor(acceptor_, {.address = address,
                                 .port = port,
                                 .backlog = kMaxConnections,
                                 .purpose = " for --control"});
    if (endpoint.ok()) endpoint_ = *endpoint;
    return endpoint.status();
  }

  void Accept() {
    for (;;) {
      error_code error;
      tcp::socket socket(context_);
      acceptor_.accept(socket, error);
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [&] { return is_stopping_ || sockets_.size() < kMaxConnections; });
      if (is_stopping_) return;
      if (error) {
        changed_.wait_for(lock, kPause, [&] { return is_stopping_; });
        continue;
      }
      sockets_.push_back(std::move(socket));
      std::thread([this, connection = std::prev(sockets_.end())] {
        Serve(*connection);
        // The last thing that touches this object: its destructor waits for it.
        const std::lock_guard<std::mutex> remove(mutex_);
        sockets_.erase(connection);
        changed_.notify_all();
      }).detach();
    }
  }

  void Serve(tcp::socket& socket) {
    HttpReader reader;
    std::array<char, 16384> buffer{};
    std::string_view bytes;
    for (;;) {
      const absl::StatusOr<HttpRequest> request = reader.Next(bytes);
      bytes = {};
      error_code error;
      if (!request.ok() || !request->method.empty()) {
        const HttpAnswer answer = request.ok() ? api_.Handle(*request) : HttpAnswer{.status = 400};
        boost::asio::write(socket, boost::asio::buffer(ToBytes(answer)), error);
        if (error || !request.ok() || reader.wants_close()) return;
        continue;
      }
      if (reader.TakeExpectation()) {
        boost::asio::write(socket, boost::asio::buffer(kContinueAnswer), error);
      }
      const std::size_t size = socket.read_some(boost::asio::buffer(buffer), error);
      if (error) return;
      bytes = {buffer.data(), size};
    }
  }

  ControlApi& api_;
  boost::asio::io_context context_;
  tcp::acceptor acceptor_;
  tcp::endpoint endpoint_;
  const absl::Status status_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<tcp::socket> sockets_;  // one for each thread that serves
  bool is_stopping_ = false;
  std::thread thread_;
};

ControlServer::ControlServer(const std::string& address, std::uint16_t port, ControlApi& api)
    : impl_(std::make_unique<Impl>(address, port, api)) {}

ControlServer::~ControlServer() = default;

const absl::Status& ControlServer::status() const { return impl_->status(); }

std::string ControlServer::url() const { return impl_->url(); }

}  // namespace phx::mock
