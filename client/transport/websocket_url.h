// The parts of a WebSocket URL that are needed to connect.
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_URL_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace phx {

struct WebSocketUrl {
  bool is_secure = false;       // wss
  std::string host = {};        // a name or an address, IPv6 without brackets
  std::uint16_t port = 0;       // 80 or 443 if the URL names none
  std::string host_field = {};  // what the Host header says: the port only if it is not the default
  std::string target = {};      // path and query, as the request line has them

  friend bool operator==(const WebSocketUrl&, const WebSocketUrl&) = default;
};

// ParseWebSocketUrl()
//
// kInvalidArgument, saying what is wrong, for anything but a complete ws:// or wss:// URL, and for
// one with a user name: it would show up in logs. The message does not show the query.
absl::StatusOr<WebSocketUrl> ParseWebSocketUrl(std::string_view text);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_URL_H_
