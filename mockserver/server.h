// Server: a mock Phoenix server, in process, on a real port.
//
//   mock::ServerOptions options;
//   options.sockets = {mock::UserSocket{
//       .channels = {{"room:*", [] { return std::make_unique<RoomChannel>(); }}}}};
//   mock::Server server(std::move(options));     // listens when this returns
//   ASSERT_TRUE(server.status().ok()) << server.status();
//   Client client(server.url());                 // ws://127.0.0.1:40123/socket
//   …
//   server.Broadcast("room:1", "news", mock::Payload::Json({{"headline", "hi"}}));
//   server.SetFaults({.ignore_heartbeats = true});
//   server.Close({4000, "go away"});
//
// What it speaks is judged by recordings of real Phoenix 1.7 and 1.8, on Bandit and on Cowboy
// (testing/goldens; flavor.h). A ready
// set of channels is in ready_set.h; how to make it misbehave, in faults.h and races.h; what
// arrived, in recorder.h.
//
// Threads: all functions may be called from any thread but the server's own, that is not from
// inside a channel's functions or ServerOptions::on_request, except those that say so, and those
// that only tell something and do not wait. Functions that act on connections return when
// the request is on its way to their threads; requests of one thread are carried out in order.
#ifndef PHX_MOCKSERVER_SERVER_H_
#define PHX_MOCKSERVER_SERVER_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "client/net/tls_context.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/limits.h"
#include "mockserver/races.h"
#include "mockserver/recorder.h"
#include "mockserver/server_stats.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

class Server;

struct ServerOptions {
  std::string address = "127.0.0.1";  // to listen on; "0.0.0.0", "::1", …
  std::uint16_t port = 0;             // 0: one that the system chooses

  // I/O threads, from 1 to 1024. Each has its own event loop; a connection stays on the one that it
  // came to.
  int threads = 1;

  // If set the server speaks TLS: wss:// in place of ws://.
  std::optional<net::TlsServerOptions> tls = std::nullopt;

  // Where clients connect. Paths must differ.
  std::vector<UserSocket> sockets = {UserSocket{}};

  // What the application answers besides, as its router in Phoenix: to requests that are for none
  // of the sockets' transports.
  //
  //   options.on_request = [](mock::Server&, const mock::HttpRequest& request,
  //                           const mock::ConnectInfo& info) -> std::optional<mock::HttpAnswer> {
  //     if (request.method != "POST" || info.path != "/login") return std::nullopt;  // 404
  //     return mock::HttpAnswer{.headers = {{"content-type", "application/json"}},
  //                             .body = R"({"token": "secret"})"};
  //   };
  //
  // `info` has the path, the query as `params`, and the headers; `request` the method and the body.
  // HEAD comes as GET. nullopt is answered with 404, an exception with 500, and an answer without
  // cache-control gets Plug's. Faults of requests (faults.h) come first; the recorder has these
  // requests too. Called on the I/O threads, several at a time; it must not block.
  std::function<std::optional<HttpAnswer>(Server& server, const HttpRequest& request,
                                          const ConnectInfo& info)>
      on_request = {};

  // Which real server to talk like.
  Flavor flavor = {};

  Races races = {};

  // What clients may use up.
  Limits limits = {};

  // How many things the recorder keeps. Recording costs a microsecond a frame: 0 turns it off, for
  // load tests.
  std::size_t record_limit = 10'000;

  // How long a connection that the server has closed may take to say goodbye, in Stop() too.
  std::chrono::milliseconds close_timeout{1000};

  // If set, called with a line for each frame that comes or goes. On the I/O threads.
  std::function<void(std::string_view line)> log = {};
};

class Server {
 public:
  // Listens, and serves on threads of its own.
  explicit Server(ServerOptions options);

  // As Stop().
  ~Server();

  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // OK, or why the server does not listen: the address is in use (kUnavailable), certificate and
  // key do not fit, two sockets have one path, no threads or too many (kInvalidArgument).
  const absl::Status& status() const;

  // "ws://127.0.0.1:40123/socket": what a client is given, whichever transport it uses. `path` is a
  // UserSocket's; by default the first one's.
  std::string url() const;
  std::string url(std::string_view path) const;
  std::uint16_t port() const;
  const Flavor& flavor() const;

  // Server::Stop()
  //
  // Stops as Phoenix does: takes no more connections, closes those with channels with 1012 and the
  // others with 1000 (Cowboy: leaves them for 5 s), gives the clients `close_timeout` to answer,
  // and ends the threads. Returns when everything is gone. Channels are terminated with kClosed.
  // May be called twice.
  void Stop();

  // Server::StopEndpoint(), Server::StartEndpoint()
  //
  // A restart, as clients see one. StopEndpoint() does after `delay` what Stop() does to them, but
  // the threads go on and the server can be started again; it returns at once. StartEndpoint()
  // listens anew on the same port; what was joined before is not any more, and sessions of long
  // polling have ended (see Close()). kUnavailable if somebody else has taken the port,
  // kFailedPrecondition after Stop(). Either does nothing if that is how it is. StopEndpoint() also
  // from a channel's functions and on_request.
  void StopEndpoint(std::chrono::milliseconds delay = {});
  absl::Status StartEndpoint();

  // Sends to all members of `topic` (Phoenix's Endpoint.broadcast). kInvalidArgument, and nobody
  // gets it, if the payload is neither an object nor binary; of a binary one members on V1 get
  // nothing. Also from a channel's functions and on_request.
  absl::Status Broadcast(std::string_view topic, std::string_view event, Payload payload);
  absl::Status Broadcast(std::string_view topic, std::string_view event, const Json& payload);

  // Closes the connections whose UserSocket::id is `socket_id`, with 1001: what broadcasting
  // "disconnect" to it does in Phoenix. Also from a channel's functions and on_request.
  void Disconnect(std::string_view socket_id);

  // Closes with any code, also such as may not be sent: those give an empty close frame. A session
  // of long polling ends without a word, as in Phoenix: its client hears of it by 410 when the poll
  // at hand is over and the next has waited for LongPollOptions::pubsub_timeout.
  void Close(wire::CloseInfo info, ConnectionId connection = kEveryConnection);

  // Ends the TCP connection, or the session of long polling, without a word.
  void DropConnection(Drop how, ConnectionId connection = kEveryConnection);

  // Sends bytes as they are, behind what was sent before: half a frame, a reserved opcode,
  // anything. To WebSockets only.
  void SendRaw(std::string bytes, ConnectionId connection = kEveryConnection);

  // Sends one WebSocket frame, or message of long polling, with any content, such as malformed
  // JSON.
  void SendFrame(wire::Frame frame, ConnectionId connection = kEveryConnection);

  // Sends a ping, which nothing in Phoenix does by itself. To WebSockets only.
  void SendPing(std::string payload = {}, ConnectionId connection = kEveryConnection);

  // Faults of all connections from now on, open or to come; or of one that is open, or one session
  // of long polling, until SetFaults() is called for it or for all.
  void SetFaults(Faults faults, ConnectionId connection = kEveryConnection);

  // Faults of the next connection that is accepted and has none of the queue yet; later ones have
  // those of SetFaults(). Several calls queue up: one connection each.
  void QueueFaults(Faults faults);

  // Ends the joined channels of `topic`, as a channel does itself: kCrash crashes them.
  void StopChannels(std::string_view topic, StopReason reason = StopReason::kNormal,
                    ConnectionId connection = kEveryConnection);

  // Server::ForgetSessions()
  //
  // Ends all sessions of long polling, as a server does that was started anew: requests with their
  // tokens, also those that wait now, are answered with 410.
  void ForgetSessions();

  // The connections that are open now, oldest first: WebSockets, and sessions of long polling,
  // which are counted among the connections and not those over which their requests come.
  std::vector<ConnectionId> connections() const;

  // Waits until `count` connections are open; false if that takes longer than `timeout`.
  bool AwaitConnections(std::size_t count, std::chrono::milliseconds timeout) const;

  // What the server has counted so far.
  ServerStats stats() const;

  Recorder& recorder();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SERVER_H_
