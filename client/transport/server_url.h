// The parts of a URL that are needed to connect to its server.
#ifndef PHX_CLIENT_TRANSPORT_SERVER_URL_H_
#define PHX_CLIENT_TRANSPORT_SERVER_URL_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace phx {

struct ServerUrl {
  bool is_secure = false;       // wss, https
  std::string host = {};        // a name or an address, IPv6 without brackets
  std::uint16_t port = 0;       // 80 or 443 if the URL names none
  std::string host_field = {};  // what the Host header says: the port only if it is not the default
  std::string target = {};      // path and query, as the request line has them

  friend bool operator==(const ServerUrl&, const ServerUrl&) = default;
};

// ParseServerUrl()
//
// kInvalidArgument, saying what is wrong, for anything but a complete ws://, wss://, http:// or
// https:// URL, and for one with a user name: it would show up in logs. The message does not show
// the query.
absl::StatusOr<ServerUrl> ParseServerUrl(std::string_view text);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_SERVER_URL_H_
