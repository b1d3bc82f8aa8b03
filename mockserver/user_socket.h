// UserSocket: a place where clients connect, as an endpoint's `socket "/socket", UserSocket, …`
// with its module says in Phoenix: which topics there are, who may connect, within what limits.
//
//   mock::UserSocket socket;                                   // at /socket
//   socket.channels.push_back({"room:*", [] { return std::make_unique<RoomChannel>(); }});
//   socket.connect = [](const mock::ConnectInfo& info, mock::Json& assigns) {
//     if (info.params.value("token", "") != "secret") return mock::ConnectRefused();
//     assigns["user"] = info.params.value("user", "nobody");
//     return mock::ConnectOk();
//   };
#ifndef PHX_MOCKSERVER_USER_SOCKET_H_
#define PHX_MOCKSERVER_USER_SOCKET_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/http_message.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

// What connect() may know of a client.
struct ConnectInfo {
  ConnectionId connection = 0;
  std::string path = {};       // "/socket/websocket"
  std::string uri = {};        // "http://127.0.0.1:4000/socket/websocket?vsn=2.0.0"
  std::string transport = {};  // "websocket" or "longpoll"
  // The query as Plug decodes it: an object; `a[]=1` gives a list, `m[k]=v` an object, `flag` "".
  Json params = Json::object();
  HttpHeaders headers = {};  // names in lower case
  // The token of the `base64url.bearer.phx.` subprotocol, or for long polling of the header
  // X-Phoenix-AuthToken (UserSocket::auth_token).
  std::optional<std::string> auth_token = std::nullopt;

  // The value of the first header of that name (in lower case); empty if there is none.
  std::string_view Header(std::string_view name) const;
};

// nullopt: connected. Otherwise the answer to send.
using ConnectResult = std::optional<HttpAnswer>;
inline ConnectResult ConnectOk() { return std::nullopt; }
// 403 with no body is what Phoenix sends for `:error`.
ConnectResult ConnectRefused(int status = 403, std::string body = {}, HttpHeaders headers = {});

// Which pushes and leaves a channel takes, by their join_ref.
enum class JoinRefCheck : std::uint8_t {
  kPhoenix1812,  // the channel's own, or null
  kPhoenix183,   // the channel's own; any, if the channel was joined with null
  kPhoenix17,    // pushes: any; leaves: as in 1.8.3
};

struct ChannelRoute {
  std::string pattern =
      {};  // "room:*" is every topic that begins with "room:"; "lobby" only itself
  ChannelFactory channel = {};
};

// How a socket serves clients that poll.
struct LongPollOptions {
  // Behind the socket's path.
  std::string path = "/longpoll";

  // A poll that finds nothing is answered after this long, and so is a POST that the session does
  // not take. A session that is not polled ends after one and a half windows, at the latest after
  // three.
  std::chrono::milliseconds window{10000};

  // For how long a request tries to reach a session that does not answer, because it has ended.
  std::chrono::milliseconds pubsub_timeout{2000};

  // The age up to which a session's token is valid: two weeks.
  std::chrono::milliseconds max_age{1'209'600'000};
};

struct UserSocket {
  // Clients connect to this path with "/websocket" or "/longpoll" behind it.
  std::string path = "/socket";

  // The first route that matches a topic is taken.
  std::vector<ChannelRoute> channels = {};

  // Decides whether a client may connect, and fills what its channels find in assigns(). An
  // exception answers 500. Empty: everybody may. Called on the I/O threads, several at a time.
  std::function<ConnectResult(const ConnectInfo& info, Json& assigns)> connect = {};

  // The topic by which Server::Disconnect() finds the connection, from its assigns; "" for none.
  std::function<std::string(const Json& assigns)> id = {};

  // Transports. As in Phoenix only WebSocket is on by default.
  bool websocket = true;
  std::string websocket_path = "/websocket";
  std::optional<LongPollOptions> longpoll = std::nullopt;

  // Protocol versions served: vsn=1.0.x and vsn=2.0.x.
  bool serve_v1 = true;
  bool serve_v2 = true;

  // A WebSocket from which nothing came for this long is closed. Zero: never.
  std::chrono::milliseconds timeout{60000};

  // A larger WebSocket frame is answered with 1009. Whether its header counts depends on the
  // adapter, and so does what a message in several frames may have: 8 MB on Bandit, on Cowboy as
  // much as one frame. nullopt: the default of the server's flavor, 10 MB for the newest.
  std::optional<std::uint64_t> max_frame_size = std::nullopt;

  // Compresses messages if the client offers it (permessage-deflate, RFC 7692), which costs about
  // 300 KiB for each connection. The limit above holds for what a message is decompressed to, too.
  bool compress = false;

  // One more join is refused with "too many channels joined".
  std::size_t max_channels_per_transport = 100;

  // If not empty: other values of the Origin header are refused with 403. No header passes.
  std::vector<std::string> check_origin = {};

  // If not empty: clients that offer subprotocols, but none of these, are refused with 403.
  std::vector<std::string> subprotocols = {};

  // Takes ConnectInfo::auth_token from the offered subprotocols or the header, as phoenix.js sends
  // it.
  bool auth_token = false;

  // nullopt: that of the server's flavor.
  std::optional<JoinRefCheck> join_ref_check = std::nullopt;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_USER_SOCKET_H_
