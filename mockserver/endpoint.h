// Endpoint: what the server's HTTP side does with a request: which socket it is for, whether the
// client may connect, and what to answer. A function of the request; no I/O.
//
// Checked in Phoenix's order: path, method, origin, subprotocols, vsn, connect(), and the headers
// of the WebSocket handshake last, so that connect() is also asked for a request that cannot be
// upgraded.
#ifndef PHX_MOCKSERVER_ENDPOINT_H_
#define PHX_MOCKSERVER_ENDPOINT_H_

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "mockserver/channel.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  // path and query
  int minor_version = 1;     // of HTTP/1
  HttpHeaders headers = {};  // names in lower case
  bool secure = false;       // it came over TLS
};

// The client is connected: send 101 with these headers, then speak the WebSocket protocol.
struct Upgrade {
  const UserSocket* socket = nullptr;
  ProtocolVersion version = ProtocolVersion::kV2;
  Json assigns = Json::object();
  HttpHeaders headers = {};
};

// Close the connection without an answer.
struct HangUp {};

using HttpDecision = std::variant<HttpAnswer, Upgrade, HangUp>;

class Endpoint {
 public:
  explicit Endpoint(std::vector<UserSocket> sockets);

  // kInvalidArgument if there is no socket, or two have one path.
  absl::Status Check() const;

  const std::vector<UserSocket>& sockets() const { return sockets_; }

  // What connect() and the recorder get to see of `request`. Its params are null if the query
  // cannot be decoded.
  static ConnectInfo Describe(const HttpRequest& request, ConnectionId connection);

  // Endpoint::Decide()
  //
  // `info` is what Describe() made of `request`; its auth_token is filled in. Runs connect(), on
  // the caller's thread.
  HttpDecision Decide(const HttpRequest& request, ConnectInfo& info) const;

 private:
  const UserSocket* Find(std::string_view path) const;

  std::vector<UserSocket> sockets_;
};

// The bytes of an answer, with Content-Length; `is_head` leaves the body out.
std::string ToBytes(const HttpAnswer& answer, bool is_head = false);
// The bytes of the 101 with `headers`.
std::string ToBytes(const Upgrade& upgrade);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_ENDPOINT_H_
