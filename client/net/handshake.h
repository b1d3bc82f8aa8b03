// The TLS handshake of a stream as one awaitable operation.
#ifndef PHX_CLIENT_NET_HANDSHAKE_H_
#define PHX_CLIENT_NET_HANDSHAKE_H_

#include "absl/status/status.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"

namespace phx::net {

// Handshake()
//
// Runs the TLS handshake that Stream::StartTls() has prepared to its end; at once on a plain
// stream.
//
// OK, or the error of Stream::TryHandshake(); kCancelled if the stream was closed meanwhile or the
// coroutine cancelled. There is no bound in time: close the stream when it has taken too long.
// Lifetime: `stream` must outlive the coroutine and stay where it is.
boost::asio::awaitable<absl::Status> Handshake(Stream& stream);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_HANDSHAKE_H_
