// The addresses of a host: their text, and the order in which they are tried.
#ifndef PHX_CLIENT_NET_ADDRESSES_H_
#define PHX_CLIENT_NET_ADDRESSES_H_

#include <string>
#include <vector>

#include "boost/asio/ip/tcp.hpp"

namespace phx::net {

using Addresses = std::vector<boost::asio::ip::tcp::endpoint>;

// "127.0.0.1:4000", "[::1]:4000"
std::string ToText(const boost::asio::ip::tcp::endpoint& address);

// The same addresses, IPv6 and IPv4 taking turns, so that a family without a way to the host costs
// one attempt and not one for each of its addresses (RFC 8305 4). The first stays first, and the
// order within each family as the resolver gave it. Repeated ones are left out.
Addresses InterleaveFamilies(const Addresses& addresses);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_ADDRESSES_H_
