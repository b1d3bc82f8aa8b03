// Dialer: from a URL to a connection that carries bytes: name, TCP, perhaps a proxy, TLS, one after
// the other. What is spoken on it is the transports' business.
#ifndef PHX_CLIENT_TRANSPORT_DIALER_H_
#define PHX_CLIENT_TRANSPORT_DIALER_H_

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/transport/proxy_options.h"
#include "client/transport/server_url.h"
#include "client/transport/stage_clock.h"
#include "client/transport/tls_options.h"

namespace phx {

// The part of the transports' options that is about reaching the server; see websocket_options.h.
struct DialOptions {
  TlsOptions tls = {};
  bool tcp_nodelay = true;
  std::string local_address = {};
  std::chrono::milliseconds attempt_delay{250};
  ProxyOptions proxy = {};
};

// That part of a transport's options.
template <typename TransportOptions>
DialOptions DialOptionsOf(const TransportOptions& options) {
  return {.tls = options.tls,
          .tcp_nodelay = options.tcp_nodelay,
          .local_address = options.local_address,
          .attempt_delay = options.attempt_delay,
          .proxy = options.proxy};
}

// What all attempts of one factory share. Threads: any.
class Dialer {
 public:
  explicit Dialer(DialOptions options);

  // Dialer::Dial()
  //
  // Connects to the server of `url`. Announces each stage to `clock`. kUnavailable saying on what
  // it failed, kInvalidArgument for an option that cannot be. There is no bound in time. The
  // arguments and the dialer must outlive the coroutine. Cancellation: terminal.
  boost::asio::awaitable<absl::StatusOr<net::Stream>> Dial(const ServerUrl& url,
                                                           StageClock& clock) const;

 private:
  // The TLS context, made at the first call.
  absl::StatusOr<net::TlsContext> Tls() const;

  const DialOptions options_;
  mutable std::mutex mutex_;
  mutable std::optional<absl::StatusOr<net::TlsContext>> tls_;  // guarded by mutex_
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_DIALER_H_
