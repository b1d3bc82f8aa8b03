// What makes an HTTP exchange a WebSocket handshake (RFC 6455 4): the key, its answer, and the
// checks of the server's response. No I/O, and no HTTP parser: header fields come as a list.
//
//   wire::WebSocketOffer offer{.key = wire::NewWebSocketKey(), .subprotocols = {"phoenix"}};
//   …the request carries offer.key as Sec-WebSocket-Key…
//   absl::StatusOr<std::string> chosen = wire::CheckWebSocketAnswer(status, fields, offer);
//
// Threads: pure functions.
#ifndef PHX_CLIENT_WIRE_WEBSOCKET_HANDSHAKE_H_
#define PHX_CLIENT_WIRE_WEBSOCKET_HANDSHAKE_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace phx::wire {

// Names and values as they stood in the message, in their order; names may repeat.
using HeaderFields = std::vector<std::pair<std::string, std::string>>;

// What a client's request asked for, as far as the answer depends on it.
struct WebSocketOffer {
  std::string key = {};                        // the value of Sec-WebSocket-Key
  std::vector<std::string> subprotocols = {};  // the values of Sec-WebSocket-Protocol
  std::string extensions = {};                 // the value of Sec-WebSocket-Extensions; empty: none
};

// NewWebSocketKey()
//
// The base64 text of sixteen random bytes (RFC 6455 4.1). Not a secret: it only proves that the
// answer belongs to this request. Aborts the process if the system has no randomness to give.
std::string NewWebSocketKey();

// WebSocketAccept()
//
// The value of Sec-WebSocket-Accept with which a server answers `key` (RFC 6455 4.2.2).
std::string WebSocketAccept(std::string_view key);

// HasToken()
//
// Whether a field `name` of `fields` lists `token`: comma-separated, in any case (RFC 9110 5.6.1).
bool HasToken(const HeaderFields& fields, std::string_view name, std::string_view token);

// CheckWebSocketAnswer()
//
// Checks the server's response as RFC 6455 4.1 demands: status 101, Upgrade and Connection, the
// right Sec-WebSocket-Accept, a subprotocol only if it was offered, an extension only if any was:
// which it is, and its parameters, is for whoever has offered it to check.
// Returns the subprotocol that the server chose, empty for none; kUnavailable, saying what is
// wrong, for an answer that is not a WebSocket's.
absl::StatusOr<std::string> CheckWebSocketAnswer(int status, const HeaderFields& fields,
                                                 const WebSocketOffer& offer);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_WEBSOCKET_HANDSHAKE_H_
