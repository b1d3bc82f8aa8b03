#include "client/transport/websocket_dial.h"

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/addresses.h"
#include "client/net/connect.h"
#include "client/net/handshake.h"
#include "client/net/resolve.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"
#include "client/transport/websocket_upgrade.h"
#include "client/transport/websocket_url.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"
#include "client/wire/websocket_handshake.h"

namespace phx {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;

// Announces the stages and takes their times.
class StageClock {
 public:
  explicit StageClock(StageObserver observer) : observer_(std::move(observer)) {}

  void Enter(ConnectStage stage, std::string_view detail) {
    Stop();
    current_ = &TimingOf(stage);
    observer_(stage, detail);
  }

  void Stop() {
    const auto now = std::chrono::steady_clock::now();
    if (current_ != nullptr) *current_ += now - since_;
    current_ = nullptr;
    since_ = now;
  }

  const ConnectTimings& timings() const { return timings_; }

 private:
  std::chrono::nanoseconds& TimingOf(ConnectStage stage) {
    switch (stage) {
      case ConnectStage::kResolving: return timings_.resolve;
      case ConnectStage::kConnecting: return timings_.connect;
      case ConnectStage::kSecuring: return timings_.secure;
      case ConnectStage::kUpgrading: return timings_.upgrade;
    }
    return timings_.upgrade;
  }

  StageObserver observer_;
  ConnectTimings timings_;
  std::chrono::nanoseconds* current_ = nullptr;
  std::chrono::steady_clock::time_point since_;
};

bool IsAddress(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

// One attempt. An object, so that its stages are functions that share what they have found.
class Dialer {
 public:
  Dialer(std::shared_ptr<const WebSocketSettings> settings, TransportRequest request,
         StageObserver observer)
      : settings_(std::move(settings)), request_(std::move(request)), clock_(std::move(observer)) {}

  // The coroutine owns its object.
  static awaitable<DialResult> Run(std::unique_ptr<Dialer> self) {
    // Nothing happens inside the call that starts it. And Asio lets an exception escape when a
    // coroutine is cancelled before it has waited for anything.
    co_await boost::asio::post(boost::asio::use_awaitable);
    DialResult result;
    result.status = co_await self->Attempt(result);
    if (result.status.ok()) {
      self->clock_.Stop();
      result.info.timings = self->clock_.timings();
    } else {
      result.stream.reset();
      result.status = self->WithUrl(result.status);
    }
    co_return result;
  }

 private:
  awaitable<absl::Status> Attempt(DialResult& result) {
    auto url = ParseWebSocketUrl(request_.url);
    if (!url.ok()) co_return url.status();
    url_ = *std::move(url);
    const wire::WebSocketOffer offer{.key = wire::NewWebSocketKey(),
                                     .subprotocols = request_.subprotocols};
    auto text = MakeUpgradeRequest(url_, request_, offer);
    if (!text.ok()) co_return text.status();

    absl::Status status = co_await ConnectTo(result);
    if (!status.ok()) co_return status;
    if (url_.is_secure) {
      status = co_await Secure(*result.stream);
      if (!status.ok()) co_return status;
    }
    co_return co_await UpgradeTo(result, *std::move(text), offer);
  }

  awaitable<absl::Status> ConnectTo(DialResult& result) {
    if (!IsAddress(url_.host)) clock_.Enter(ConnectStage::kResolving, url_.host);
    absl::StatusOr<net::Addresses> addresses = co_await net::Resolve(url_.host, url_.port);
    if (!addresses.ok()) co_return addresses.status();
    const WebSocketOptions& options = settings_->options();
    net::ConnectOptions how{.local_address = options.local_address,
                            .no_delay = options.tcp_nodelay,
                            .attempt_delay = options.attempt_delay};
    how.on_attempt = [this](const tcp::endpoint& address) {
      clock_.Enter(ConnectStage::kConnecting, net::ToText(address));
    };
    absl::StatusOr<tcp::socket> socket =
        co_await net::Connect(*std::move(addresses), std::move(how));
    if (!socket.ok()) co_return socket.status();
    result.stream.emplace(*std::move(socket));
    result.info.remote_address = result.stream->remote_address();
    co_return absl::OkStatus();
  }

  awaitable<absl::Status> Secure(net::Stream& stream) {
    clock_.Enter(ConnectStage::kSecuring, url_.host);
    absl::StatusOr<net::TlsContext> tls = settings_->Tls();
    if (!tls.ok()) co_return tls.status();
    absl::Status status = stream.StartTls(*tls, url_.host);
    if (!status.ok()) co_return status;
    co_return co_await net::Handshake(stream);
  }

  awaitable<absl::Status> UpgradeTo(DialResult& result, std::string text,
                                    wire::WebSocketOffer offer) {
    clock_.Enter(ConnectStage::kUpgrading, result.info.remote_address);
    UpgradeResult upgrade = co_await Upgrade(*result.stream, std::move(text), std::move(offer));
    if (!upgrade.status.ok()) {
      result.refusal = std::move(upgrade.response);
      co_return upgrade.status;
    }
    result.info.response = std::move(upgrade.response);
    result.info.subprotocol = std::move(upgrade.subprotocol);
    result.leftover = std::move(upgrade.leftover);
    co_return absl::OkStatus();
  }

  absl::Status WithUrl(const absl::Status& status) const {
    return absl::Status(status.code(), absl::StrCat("connect to ", wire::RedactUrl(request_.url),
                                                    ": ", status.message()));
  }

  const std::shared_ptr<const WebSocketSettings> settings_;
  const TransportRequest request_;
  WebSocketUrl url_;
  StageClock clock_;
};

}  // namespace

WebSocketSettings::WebSocketSettings(WebSocketOptions options) : options_(std::move(options)) {}

absl::StatusOr<net::TlsContext> WebSocketSettings::Tls() const {
  const std::lock_guard lock(mutex_);
  if (!tls_) tls_ = net::TlsContext::ForClient(options_.tls);
  return *tls_;
}

awaitable<DialResult> Dial(std::shared_ptr<const WebSocketSettings> settings,
                           TransportRequest request, StageObserver observer) {
  return Dialer::Run(
      std::make_unique<Dialer>(std::move(settings), std::move(request), std::move(observer)));
}

}  // namespace phx
