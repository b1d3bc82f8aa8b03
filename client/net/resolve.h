// From a host's name to its addresses.
#ifndef PHX_CLIENT_NET_RESOLVE_H_
#define PHX_CLIENT_NET_RESOLVE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/addresses.h"

namespace phx::net {

// Resolve()
//
// The addresses of `host`, at least one, in the order in which to try them. An IP address (IPv6
// without brackets) is its own answer, at once.
//
// kUnavailable if the name is unknown or nobody can be asked; kCancelled. A name is looked up by
// the system in a thread of its own, one for each execution context, which cannot be interrupted:
// after a cancellation the coroutine completes when the system has answered.
boost::asio::awaitable<absl::StatusOr<Addresses>> Resolve(std::string host, std::uint16_t port);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_RESOLVE_H_
