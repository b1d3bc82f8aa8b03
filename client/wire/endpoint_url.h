// EndpointUrl: where a socket is mounted on the server, and the URLs that follow from it.
//
//   auto endpoint = wire::EndpointUrl::Parse("wss://example.com/socket");
//   endpoint->WebSocketUrl({{"user", "u1"}}, "2.0.0");
//   // wss://example.com/socket/websocket?user=u1&vsn=2.0.0
#ifndef PHX_CLIENT_WIRE_ENDPOINT_URL_H_
#define PHX_CLIENT_WIRE_ENDPOINT_URL_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::wire {

class EndpointUrl {
 public:
  // EndpointUrl::Parse()
  //
  // Understands ws:// and wss:// (http:// and https:// mean the same), host names, IPv4 and
  // bracketed IPv6 addresses, a port, a path and a query. kInvalidArgument, saying what is wrong,
  // for anything else: no scheme, another scheme, no host, a bad port, a user name or password
  // (they would end up in logs; use a header or the auth token).
  static absl::StatusOr<EndpointUrl> Parse(std::string_view url);

  // EndpointUrl::WebSocketUrl()
  //
  // The URL to dial: the path with "/websocket" behind it (unless it ends so already), the
  // endpoint's own query, `params`, and `vsn` last, so that it wins over a parameter of that name.
  //
  // `params` is an object. Nested objects and arrays become `a[b]` and `a[0]` as in phoenix.js,
  // percent-encoded; null members are left out. Anything but an object or null, and a text that is
  // not UTF-8, gives kInvalidArgument.
  absl::StatusOr<std::string> WebSocketUrl(const nlohmann::json& params,
                                           std::string_view vsn) const;

  // The endpoint without its query: what logs and messages may show. As long as this object.
  std::string_view Redacted() const { return std::string_view(url_).substr(0, path_end_); }

  bool is_secure() const { return url_.starts_with("wss:"); }

 private:
  EndpointUrl() = default;

  std::string_view path() const;   // without a slash at its end; may be empty
  std::string_view query() const;  // without '?'

  // One text, since a program may have thousands: "ws" or "wss", host, port, path, query.
  std::string url_;
  std::size_t path_end_ = 0;
};

// `url` without its query, its fragment, and a user name and password, for logs and messages. It
// may be anything: what could be part of a password is left out.
std::string RedactUrl(std::string_view url);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_ENDPOINT_URL_H_
