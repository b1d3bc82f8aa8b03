// OpenAcceptor: listens on an address.
#ifndef PHX_MOCKSERVER_OPEN_ACCEPTOR_H_
#define PHX_MOCKSERVER_OPEN_ACCEPTOR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "boost/asio/ip/tcp.hpp"

namespace phx::mock {

struct ListenOptions {
  std::string address = {};
  std::uint16_t port = 0;  // 0: one that the system chooses
  int backlog = 0;
  std::string_view purpose = {};  // what the port is for, for the message: " for --control"
};

// Has `acceptor` listen, and says where it does. kInvalidArgument for an address that is none,
// kUnavailable if the system refuses, with why: `acceptor` is closed then.
absl::StatusOr<boost::asio::ip::tcp::endpoint> OpenAcceptor(
    boost::asio::ip::tcp::acceptor& acceptor, const ListenOptions& options);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_OPEN_ACCEPTOR_H_
