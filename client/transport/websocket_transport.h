// The WebSocket transport (RFC 6455): ws:// and wss://, over TCP.
//
//   phx::SocketOptions options;
//   options.transport = phx::MakeWebSocketTransport({.tls = {.ca_pem = ReadFile("ca.pem")}});
//
// All addresses of the host are tried, IPv6 and IPv4 in turn. Frames that are sent within one turn
// of the socket leave in one write; whatever has arrived is taken with one read, and delivered
// straight from the read buffer, which all connections of a thread share. Pings are answered.
// Messages are sent as single frames, and compressed if WebSocketOptions::deflate asks for it and
// the server agrees; no other extension is offered.
//
// How an end is reported (TransportClosed):
//
//   the peer's close frame      its code and reason; was_clean if ours went out as well; status OK
//   no close frame              1006; kUnavailable: reset, closed, unreachable, refused, TLS, HTTP
//                               status; kUnauthenticated for HTTP 401, kPermissionDenied for 403
//   the peer breaks a rule      1006; the peer is sent the fitting code (1002, 1007, 1009);
//                               kUnavailable, or kResourceExhausted for a message over the limit
//   a request that cannot be    1006; kInvalidArgument: URL, header, subprotocol, TLS or
//   made                        deflate option
//   Close() before the opening  1006; kCancelled
//
// What the peer sends between our Close() and its answer is dropped, as browsers do.
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_TRANSPORT_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_TRANSPORT_H_

#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"

namespace phx {

// MakeWebSocketTransport()
//
// A factory of WebSocket transports. It prepares TLS once, at the first wss:// URL, and may be
// shared by any number of sockets and threads.
TransportFactory MakeWebSocketTransport(WebSocketOptions options = {});

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_TRANSPORT_H_
