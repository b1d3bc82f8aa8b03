// Socket: the connection to a Phoenix server, over which any number of channels run.
//
//   phx::Socket socket("wss://example.com/socket", {.auth_token = token});
//   socket.OnError([](const phx::SocketError& e) { std::cerr << e.status << '\n'; });
//   if (absl::Status status = socket.Connect(); !status.ok()) …   // the URL is not one
//   phx::Channel room = socket.Channel("room:lobby");
//   room.Join();
//
// On an event loop of your own:
//
//   asio::io_context io;
//   phx::Socket socket(io.get_executor(), "ws://localhost:4000/socket");
//   socket.Connect();
//   io.run();
//
// Once told to connect, a socket stays connected: it dials again, with back-off, after every loss,
// and its channels rejoin. Only Disconnect() ends that, or SocketOptions::should_reconnect.
//
// Lifetime: a handle; copies name the same socket. The socket lives as long as a Socket handle
// does: channels, pushes and handlers do not keep it. When the last one is destroyed the connection
// is dropped; on another thread than the strand's, no handler runs any more when the destructor
// returns; destroyed inside a handler, no handler runs after that one. A Socket captured by a
// handler of its own keeps itself alive for ever: capture a Channel instead.
//
// Threads: every function may be called from any thread and inside any handler. Handlers run on one
// strand, one at a time, never inside the caller's own call and never under a lock.
#ifndef PHX_CLIENT_SOCKET_H_
#define PHX_CLIENT_SOCKET_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "client/channel.h"
#include "client/core/notification.h"
#include "client/core/states.h"
#include "client/core/stats.h"
#include "client/core/status.h"
#include "client/internal/async_operations.h"
#include "client/options.h"
#include "client/wire/close_info.h"
#include "client/wire/message.h"
#include "client/wire/ref.h"

namespace phx {

using wire::CloseInfo;

namespace internal {
class SocketOwner;
}  // namespace internal

class Socket {
 public:
  // `url` is where the socket is mounted, such as "wss://example.com/socket"; "/websocket", the
  // params and the version are added. If it is not valid, Connect() says so.
  //
  // The first form runs on a strand of `executor`, whose context must outlive the socket's last
  // handler; the second on an I/O thread of its own.
  Socket(boost::asio::any_io_executor executor, std::string_view url, SocketOptions options = {});
  explicit Socket(std::string_view url, SocketOptions options = {});

  // For many sockets that share their options: what is made of them, such as the TLS context, is
  // then made once. The functions in them are called from the strands of all these sockets.
  Socket(boost::asio::any_io_executor executor, std::string_view url,
         const std::shared_ptr<const SocketOptions>& options);

  // --- the connection

  // Socket::Connect()
  //
  // Starts to connect and keeps connected from then on. Does nothing where that is so already, also
  // while it waits to reconnect. kInvalidArgument: the URL is not valid.
  absl::Status Connect() const;

  // As Connect(); completes when the socket is open: OK, at once if it is open already. Otherwise
  // kInvalidArgument, kCancelled (Disconnect() was called), or the error of the last attempt, if
  // should_reconnect ended the wish. While attempts fail and are repeated, it waits.
  // Completion: void(absl::Status). Cancellation: all types; completes with kCancelled, and the
  // socket goes on connecting.
  template <typename CompletionToken>
  auto AsyncConnect(CompletionToken&& token) const {
    return internal::AsyncConnect(impl(), std::forward<CompletionToken>(token));
  }

  // Socket::Disconnect()
  //
  // Closes the connection and stays disconnected, whatever was under way. Everything outstanding is
  // cancelled; channels keep their wish to be joined and rejoin after the next Connect(). OnClose
  // runs if the socket was open. Waits at most SocketOptions::close_timeout for the server.
  void Disconnect(CloseInfo info = {}) const;

  // As Disconnect(); completes with OK when the connection is closed.
  template <typename CompletionToken>
  auto AsyncDisconnect(CompletionToken&& token) const {
    return internal::AsyncDisconnect(impl(), CloseInfo{}, std::forward<CompletionToken>(token));
  }

  // Socket::Reconnect()
  //
  // Replaces the connection by a new one, or dials now instead of waiting for the next try, with
  // the back-off started over: to be called when the network has changed. Does nothing unless the
  // socket is meant to be connected.
  void Reconnect() const;

  // Socket::AsyncPing()
  //
  // Measures a round trip to the server and back: sends a heartbeat of its own (phoenix.js ping()).
  //
  //   absl::StatusOr<phx::Duration> rtt = co_await socket.AsyncPing(asio::use_awaitable);
  //
  // Completion: void(absl::StatusOr<phx::Duration>): the time between the sending and the reply;
  // kUnavailable not connected, or the connection was lost meanwhile; kDeadlineExceeded no reply
  // within SocketOptions::heartbeat_timeout; kResourceExhausted the network does not keep up;
  // kCancelled Disconnect() was called. Cancellation: all types; completes with kCancelled.
  template <typename CompletionToken>
  auto AsyncPing(CompletionToken&& token) const {
    return internal::AsyncPing(impl(), std::forward<CompletionToken>(token));
  }

  // Socket::ReplaceTransport()
  //
  // Connects by `transport` from now on, such as when another way through the network has been
  // found. A connection that is open, or an attempt under way, is replaced, as by Reconnect(); the
  // channels rejoin. Empty: the transport of SocketOptions.
  void ReplaceTransport(TransportFactory transport) const;

  // --- channels

  // Socket::Channel()
  //
  // The channel of `topic`. If the socket has it already, that one, and `params`, if given, replace
  // those that its next join sends. A topic that no channel can have (empty, "phoenix", not UTF-8)
  // shows as kInvalidArgument when it is joined.
  ::phx::Channel Channel(std::string_view topic) const;
  ::phx::Channel Channel(std::string_view topic, JoinParams params) const;

  // Those that have not been removed, in no particular order.
  std::vector<::phx::Channel> channels() const;

  // --- messages without a channel

  // Socket::Push()
  //
  // Sends a message of any topic, now or when the socket opens, and forgets about it: replies reach
  // OnMessage only. Returns its ref. What cannot be sent is logged and counted
  // (SocketStats::dropped_messages).
  Ref Push(std::string_view topic, std::string_view event, Payload payload,
           std::optional<Ref> join_ref = std::nullopt) const;
  // The same for a message that is complete, its ref included.
  void PushMessage(Message message) const;

  // A ref that nothing else has.
  Ref MakeRef() const;

  // --- hearing

  // Each time a connection opens; with the server's answer to the handshake.
  Ref OnOpen(absl::AnyInvocable<void(const OpenInfo&)> handler) const;
  // Each time an open connection has ended.
  Ref OnClose(absl::AnyInvocable<void(const SocketClosed&)> handler) const;
  // Each time an attempt to connect has failed.
  Ref OnError(absl::AnyInvocable<void(const SocketError&)> handler) const;
  // Each time the status changes, before the hooks that tell of its cause.
  Ref OnStatus(absl::AnyInvocable<void(const SocketStatus&)> handler) const;
  // Each time a heartbeat is sent, answered, or not answered in time.
  Ref OnHeartbeat(absl::AnyInvocable<void(const Heartbeat&)> handler) const;
  // Every message that arrives, after its channel's handlers.
  Ref OnMessage(absl::AnyInvocable<void(const Message&)> handler) const;

  // Takes out one registration; as Channel::Off().
  void Off(Ref registration) const;

  // --- being asked

  // The state that the strand has reached; a call made on another thread shows when it took effect.
  ConnectionState connection_state() const { return status().state(); }
  // The same, with what it waits for and until when (to the microsecond).
  SocketStatus status() const;
  bool is_connected() const { return connection_state() == ConnectionState::kOpen; }
  bool is_connected_or_connecting() const {
    return is_connected() || connection_state() == ConnectionState::kConnecting;
  }

  // Where the socket connects to, without the query.
  std::string endpoint_url() const;
  // The version of the protocol, such as "2.0.0".
  std::string_view protocol_version() const;

  // Completes with what was counted so far: void(SocketStats).
  template <typename CompletionToken>
  auto AsyncStats(CompletionToken&& token) const {
    return internal::AsyncStats(impl(), std::forward<CompletionToken>(token));
  }

  // The strand on which everything happens.
  boost::asio::any_io_executor get_executor() const;

 private:
  const std::shared_ptr<internal::SocketImpl>& impl() const;

  std::shared_ptr<internal::SocketOwner> owner_;
};

}  // namespace phx

#endif  // PHX_CLIENT_SOCKET_H_
