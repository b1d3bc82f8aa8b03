// The proxy for a URL, and the tunnel through it.
#ifndef PHX_CLIENT_TRANSPORT_PROXY_H_
#define PHX_CLIENT_TRANSPORT_PROXY_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/proxy_options.h"
#include "client/transport/server_url.h"

namespace phx {

struct Proxy {
  std::string host = {};  // a name or an address, IPv6 without brackets
  std::uint16_t port = 0;
  std::string authorization = {};  // of the Proxy-Authorization header; empty: none. A secret
  std::string name = {};           // for messages

  friend bool operator==(const Proxy&, const Proxy&) = default;
};

// ProxyFor()
//
// The proxy by which the server of `url` is reached; nullopt: none. kInvalidArgument, without
// showing user name and password, for a proxy's URL that cannot be, or one of another kind than
// http://.
absl::StatusOr<std::optional<Proxy>> ProxyFor(const ProxyOptions& options, const ServerUrl& url);

// OpenTunnel()
//
// Asks the proxy at the other end of `stream` for a tunnel to the server of `url`. When it is
// there, `stream` leads to the server. Otherwise kUnauthenticated (HTTP 407 and 401),
// kPermissionDenied (403) or kUnavailable, naming the proxy and its answer. All arguments must
// outlive the coroutine. Cancellation: terminal.
boost::asio::awaitable<absl::Status> OpenTunnel(net::Stream& stream, const Proxy& proxy,
                                                const ServerUrl& url);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_PROXY_H_
