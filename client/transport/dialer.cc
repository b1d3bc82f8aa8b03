#include "client/transport/dialer.h"

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/addresses.h"
#include "client/net/connect.h"
#include "client/net/handshake.h"
#include "client/net/resolve.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/transport/proxy.h"
#include "client/transport/server_url.h"
#include "client/transport/stage_clock.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;

bool IsAddress(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address(host, error);
  return !error;
}

awaitable<absl::StatusOr<tcp::socket>> ConnectTo(const std::string& host, std::uint16_t port,
                                                 const DialOptions& options, StageClock& clock) {
  if (!IsAddress(host)) clock.Enter(ConnectStage::kResolving, host);
  absl::StatusOr<net::Addresses> addresses = co_await net::Resolve(host, port);
  if (!addresses.ok()) co_return addresses.status();
  net::ConnectOptions how{.local_address = options.local_address,
                          .no_delay = options.tcp_nodelay,
                          .attempt_delay = options.attempt_delay};
  how.on_attempt = [&clock](const tcp::endpoint& address) {
    clock.Enter(ConnectStage::kConnecting, net::ToText(address));
  };
  co_return co_await net::Connect(*std::move(addresses), std::move(how));
}

absl::Status ViaProxy(const absl::Status& status, const Proxy& proxy) {
  return absl::Status(status.code(), absl::StrCat("proxy ", proxy.name, ": ", status.message()));
}

// A connection by which bytes reach the server of `url`: to it, or to a proxy that passes them on.
awaitable<absl::StatusOr<net::Stream>> Reach(const ServerUrl& url, const DialOptions& options,
                                             StageClock& clock) {
  const absl::StatusOr<std::optional<Proxy>> proxy = ProxyFor(options.proxy, url);
  if (!proxy.ok()) co_return proxy.status();
  const bool is_direct = !proxy->has_value();
  absl::StatusOr<tcp::socket> socket = co_await ConnectTo(
      is_direct ? url.host : (*proxy)->host, is_direct ? url.port : (*proxy)->port, options, clock);
  if (!socket.ok()) co_return is_direct ? socket.status() : ViaProxy(socket.status(), **proxy);
  net::Stream stream(*std::move(socket));
  if (is_direct) co_return stream;
  const absl::Status opened = co_await OpenTunnel(stream, **proxy, url);
  if (!opened.ok()) co_return opened;
  co_return stream;
}

}  // namespace

Dialer::Dialer(DialOptions options) : options_(std::move(options)) {}

absl::StatusOr<net::TlsContext> Dialer::Tls() const {
  const std::lock_guard lock(mutex_);
  if (!tls_) tls_ = net::TlsContext::ForClient(options_.tls);
  return *tls_;
}

awaitable<absl::StatusOr<net::Stream>> Dialer::Dial(const ServerUrl& url, StageClock& clock) const {
  absl::StatusOr<net::Stream> reached = co_await Reach(url, options_, clock);
  if (!reached.ok()) co_return reached.status();
  net::Stream stream = *std::move(reached);
  if (!url.is_secure) co_return stream;
  clock.Enter(ConnectStage::kSecuring, url.host);
  const absl::StatusOr<net::TlsContext> tls = Tls();
  if (!tls.ok()) co_return tls.status();
  absl::Status secured = stream.StartTls(*tls, url.host);
  if (secured.ok()) {
    secured = co_await net::Handshake(stream);
  }
  if (!secured.ok()) co_return secured;
  co_return stream;
}

}  // namespace phx
