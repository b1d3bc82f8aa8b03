// The HTTP exchange that turns a connection into a WebSocket (RFC 6455 4).
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_UPGRADE_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_UPGRADE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/server_url.h"
#include "client/transport/transport.h"
#include "client/wire/connection_info.h"
#include "client/wire/websocket_handshake.h"

namespace phx {

// What became of it.
struct UpgradeResult {
  // OK if the connection is a WebSocket now; otherwise what went wrong. An answer other than 101 is
  // kUnauthenticated (401), kPermissionDenied (403) or kUnavailable; redirections are not followed.
  absl::Status status = {};
  HttpResponse response = {};    // the server's answer, if there was one
  std::string subprotocol = {};  // the one it chose
  std::string leftover = {};     // what came behind the answer: the first frames
};

// MakeUpgradeRequest()
//
// The text of the request. kInvalidArgument, naming the culprit, for a header or a subprotocol that
// cannot be sent: a line break in it, or a header that is the handshake's own business.
absl::StatusOr<std::string> MakeUpgradeRequest(const ServerUrl& url,
                                               const TransportRequest& request,
                                               const wire::WebSocketOffer& offer);

// Upgrade()
//
// Sends `request` and judges the answer. Reading stops with the answer; a refusal's body is kept as
// far as HttpResponse goes. `stream` must outlive the coroutine. Cancellation: terminal.
boost::asio::awaitable<UpgradeResult> Upgrade(net::Stream& stream, std::string request,
                                              wire::WebSocketOffer offer);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_UPGRADE_H_
