// WebSocketOptions: what can be chosen about WebSocket connections. See websocket_transport.h.
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "client/transport/deflate_options.h"
#include "client/transport/proxy_options.h"
#include "client/transport/tls_options.h"

namespace phx {

struct WebSocketOptions {
  // For wss:// URLs.
  TlsOptions tls = {};

  // The largest message to accept, in bytes, decompressed; a larger one ends the connection with
  // 1009 before it is stored. 64 MiB is beyond what Phoenix's own servers let through (8 to 10 MB)
  // and still protects the memory of the process.
  std::size_t max_message_size = std::size_t{64} << 20;

  // Offers compression of messages to the server: `.deflate = phx::DeflateOptions{}`. Empty: no.
  std::optional<DeflateOptions> deflate = std::nullopt;

  // TCP_NODELAY. On: what a turn has written leaves at once, also while earlier data is on its way.
  bool tcp_nodelay = true;

  // The IP address to connect from; empty lets the system choose.
  std::string local_address = {};

  // How long an address may stay silent before the next one is tried beside it (RFC 8305).
  std::chrono::milliseconds attempt_delay{250};

  // The proxy to go through. None by default, whatever the environment says.
  ProxyOptions proxy = {};

  // Reads so many bytes a second, no more; 0: what comes. The rest stays with the system, and when
  // its buffer is full, with the server, to which this client looks like a phone on a bad network:
  // for tests of servers. Closing is not slowed down.
  std::size_t max_read_rate = 0;

  // How long the TCP connection waits, after its end was reported, for the peer to close its side.
  std::chrono::milliseconds linger{1000};
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_OPTIONS_H_
