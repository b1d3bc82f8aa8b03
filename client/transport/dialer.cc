#include "client/transport/dialer.h"

#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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

awaitable<absl::StatusOr<tcp::socket>> ConnectTo(const ServerUrl& url, const DialOptions& options,
                                                 StageClock& clock) {
  if (!IsAddress(url.host)) clock.Enter(ConnectStage::kResolving, url.host);
  absl::StatusOr<net::Addresses> addresses = co_await net::Resolve(url.host, url.port);
  if (!addresses.ok()) co_return addresses.status();
  net::ConnectOptions how{.local_address = options.local_address,
                          .no_delay = options.tcp_nodelay,
                          .attempt_delay = options.attempt_delay};
  how.on_attempt = [&clock](const tcp::endpoint& address) {
    clock.Enter(ConnectStage::kConnecting, net::ToText(address));
  };
  co_return co_await net::Connect(*std::move(addresses), std::move(how));
}

}  // namespace

Dialer::Dialer(DialOptions options) : options_(std::move(options)) {}

absl::StatusOr<net::TlsContext> Dialer::Tls() const {
  const std::lock_guard lock(mutex_);
  if (!tls_) tls_ = net::TlsContext::ForClient(options_.tls);
  return *tls_;
}

awaitable<absl::StatusOr<net::Stream>> Dialer::Dial(const ServerUrl& url, StageClock& clock) const {
  absl::StatusOr<tcp::socket> socket = co_await ConnectTo(url, options_, clock);
  if (!socket.ok()) co_return socket.status();
  net::Stream stream(*std::move(socket));
  if (!url.is_secure) co_return stream;
  clock.Enter(ConnectStage::kSecuring, url.host);
  const absl::StatusOr<net::TlsContext> tls = Tls();
  if (!tls.ok()) co_return tls.status();
  absl::Status secured = stream.StartTls(*tls, url.host);
  if (secured.ok()) secured = co_await net::Handshake(stream);
  if (!secured.ok()) co_return secured;
  co_return stream;
}

}  // namespace phx
