// Endpoint: what the server's HTTP side does with a request: which socket it is for, whether the
// client may connect, and what to answer. A function of the request; no I/O.
//
// Checked in Phoenix's order: path, method, origin, subprotocols, vsn, connect(), and the headers
// of the WebSocket handshake last, so that connect() is also asked for a request that cannot be
// upgraded. Long polling has its origin checked first, then the method. What is for no socket is
// for the application.
#ifndef PHX_MOCKSERVER_ENDPOINT_H_
#define PHX_MOCKSERVER_ENDPOINT_H_

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "mockserver/channel.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

// What a client has that may connect.
struct Admission {
  ProtocolVersion version = ProtocolVersion::kV2;
  Json assigns = Json::object();
};

// connect() has thrown.
struct ConnectCrash {};

// May this client connect? If not, the answer that says so over WebSocket.
using ConnectDecision = std::variant<Admission, HttpAnswer, ConnectCrash>;

// The client is connected: send 101 with these headers, then speak the WebSocket protocol.
struct Upgrade {
  const UserSocket* socket = nullptr;
  Admission admission = {};
  HttpHeaders headers = {};
  std::optional<DeflateTerms> deflate = std::nullopt;  // nullopt: messages are not compressed
};

// A GET or POST of long polling: a LongPollExchange finds the answer.
struct LongPoll {
  const UserSocket* socket = nullptr;
};

// Close the connection without an answer.
struct HangUp {};

using HttpDecision = std::variant<HttpAnswer, Upgrade, LongPoll, HangUp>;

// The application behind the sockets, as its router: asked for requests that are for none of them.
// HEAD comes as GET (Plug.Head). nullopt: 404; what it throws: 500. Called on several threads.
using RequestHandler =
    std::function<std::optional<HttpAnswer>(const HttpRequest& request, const ConnectInfo& info)>;

class Endpoint {
 public:
  explicit Endpoint(std::vector<UserSocket> sockets, Flavor flavor = {},
                    RequestHandler on_request = {});
  Endpoint(const Endpoint&) = delete;  // its mounts point into it
  Endpoint& operator=(const Endpoint&) = delete;

  // kInvalidArgument if there is no socket, two have one path, or the two transports of one have.
  absl::Status Check() const;

  const std::vector<UserSocket>& sockets() const { return sockets_; }
  const Flavor& flavor() const { return flavor_; }

  // What connect() and the recorder get to see of `request`. Its params are null if the query
  // cannot be decoded.
  static ConnectInfo Describe(const HttpRequest& request, ConnectionId connection);

  // Endpoint::Decide()
  //
  // `info` is what Describe() made of `request`; its auth_token is filled in. Runs connect(), on
  // the caller's thread.
  HttpDecision Decide(const HttpRequest& request, ConnectInfo& info) const;

  // Negotiates the protocol's version and runs connect(), on the caller's thread.
  ConnectDecision Connect(const UserSocket& socket, const ConnectInfo& info) const;

 private:
  // A path at which there is a transport of a socket.
  struct Mount {
    std::vector<std::string> segments = {};
    const UserSocket* socket = nullptr;
    bool is_longpoll = false;
  };

  const Mount* Find(const std::vector<std::string>& segments) const;
  bool HasAuthToken(const UserSocket& socket) const {
    return socket.auth_token && !flavor_.is_17();
  }
  HttpDecision DecideWebSocket(const UserSocket& socket, const HttpRequest& request,
                               ConnectInfo& info) const;
  HttpDecision DecideLongPoll(const UserSocket& socket, const HttpRequest& request,
                              ConnectInfo& info) const;

  HttpAnswer AskApplication(const HttpRequest& request, const ConnectInfo& info) const;
  HttpDecision Route(const HttpRequest& request, ConnectInfo& info) const;

  const std::vector<UserSocket> sockets_;
  const Flavor flavor_;
  const RequestHandler on_request_;
  std::vector<Mount> mounts_;
};

// The bytes of an answer, with Content-Length; `is_head` leaves the body out.
std::string ToBytes(const HttpAnswer& answer, bool is_head = false);
// The bytes of the 101 with `headers`.
std::string ToBytes(const Upgrade& upgrade);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_ENDPOINT_H_
