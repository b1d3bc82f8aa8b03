// The TCP connection to the first address of a host that takes it.
#ifndef PHX_CLIENT_NET_CONNECT_H_
#define PHX_CLIENT_NET_CONNECT_H_

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/addresses.h"

namespace phx::net {

struct ConnectOptions {
  // The IP address to connect from; empty lets the system choose. Addresses of the other family are
  // left out. The port is chosen when the peer is known, so that a local address holds as many
  // connections to each peer as it has ports (IP_BIND_ADDRESS_NO_PORT).
  std::string local_address = {};

  // TCP_NODELAY: what is written leaves at once. Off saves packets where frames are written singly.
  bool no_delay = true;

  // How long an attempt may go unanswered before the next address is tried beside it (RFC 8305 5),
  // so that a host reachable by one of two families is reached in any case.
  std::chrono::milliseconds attempt_delay{250};

  // Called at the start of each attempt, on the coroutine's executor. May be empty.
  std::function<void(const boost::asio::ip::tcp::endpoint&)> on_attempt = {};
};

// Connect()
//
// Tries `addresses`, which must not be empty, in their order: the next one as soon as an attempt
// has failed or attempt_delay has passed, and takes the first connection that stands.
//
// kUnavailable naming every address and why it failed; kInvalidArgument for a local address that is
// none or of another family than all addresses; kCancelled. Otherwise there is no bound in time but
// the system's (about two minutes). Cancellation: terminal.
boost::asio::awaitable<absl::StatusOr<boost::asio::ip::tcp::socket>> Connect(
    Addresses addresses, ConnectOptions options);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_CONNECT_H_
