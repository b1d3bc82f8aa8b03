// Channel: what the mock server does with a topic, written as one writes a channel of Phoenix.
//
//   class RoomChannel : public mock::Channel {
//    public:
//     mock::JoinResult Join(mock::ChannelSocket& socket, const mock::Payload& params) override {
//       if (socket.topic() == "room:private") return mock::JoinError({{"reason", "unauthorized"}});
//       socket.Send({.name = "after_join"});
//       return mock::JoinOk({{"motd", "hello"}});
//     }
//     mock::Outcome HandleIn(mock::ChannelSocket& socket, std::string_view event,
//                            const mock::Payload& payload) override {
//       if (event == "echo") return mock::ReplyOk(payload);
//       if (event == "shout") {
//         socket.Broadcast("shouted", payload);
//         return mock::NoReply();
//       }
//       return Channel::HandleIn(socket, event, payload);  // no clause: crashes, as in Phoenix
//     }
//   };
//
// For a channel of a few lambdas see channel_builder.h.
//
// One object is made for each joined channel of each connection and destroyed when the channel
// ends. An exception that leaves one of its functions is a crash: the client gets phx_error (from
// Join: the reply "join crashed") and the other channels live on.
//
// Threads: the functions of one connection's channels are called one at a time on that
// connection's I/O thread; those of different connections may run at the same time. A function
// must not block: what takes time is answered later, by SocketRef, JoinRef or a timer.
#ifndef PHX_MOCKSERVER_CHANNEL_H_
#define PHX_MOCKSERVER_CHANNEL_H_

#include <any>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "client/wire/payload.h"
#include "mockserver/json_term.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

class SessionPort;

using Json = nlohmann::json;
using Payload = wire::Payload;
using Duration = std::chrono::nanoseconds;

// Which connection; counted from 1 in the order in which they were accepted.
using ConnectionId = std::uint64_t;

// All connections, where one may be named.
inline constexpr ConnectionId kEveryConnection = 0;

// The serializer that the client chose by `vsn`.
enum class ProtocolVersion : std::uint8_t { kV1, kV2 };

// Thrown by what cannot be done in a channel: a push to a client on V2 whose payload is not an
// object, a binary payload for a client on V1, a binary field over 255 bytes. If nobody catches it,
// the channel crashes, as Phoenix's does.
class ChannelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a channel may answer to a join.
struct JoinResult {
  enum class Kind : std::uint8_t {
    kOk,     // joined: reply "ok" with `payload`
    kError,  // refused: reply "error" with `payload`
    kLater,  // answered through ChannelSocket::join_handle(), or after `delay` with kOk / kError
    kNever,  // no answer
  };
  Kind kind = Kind::kOk;
  Payload payload = {};
  // Whether the connection hears nothing else until the join is answered. In Phoenix a join runs
  // in the process of the socket, so that a slow one delays heartbeats and all other channels.
  bool blocks_socket = true;
  // Set by JoinAfter(): `payload` and `delayed_kind` are used when the time is over.
  std::optional<Duration> delay = std::nullopt;
  Kind delayed_kind = Kind::kOk;

  bool is_answer() const { return kind == Kind::kOk || kind == Kind::kError; }
};

JoinResult JoinOk(Payload response = {});
JoinResult JoinOk(const Json& response);
JoinResult JoinError(Payload response = {});
JoinResult JoinError(const Json& response);
// `result`, which must be JoinOk() or JoinError(), after `delay`.
JoinResult JoinAfter(Duration delay, JoinResult result, bool blocks_socket = true);
// The answer comes through ChannelSocket::join_handle().
JoinResult JoinLater(bool blocks_socket = true);
// No answer ever comes; the connection goes on unless `blocks_socket`.
JoinResult JoinNever(bool blocks_socket = false);

// Why a channel ends.
enum class StopReason : std::uint8_t {
  kNormal,         // {:stop, :normal}: the client gets phx_close
  kShutdown,       // {:stop, :shutdown}: phx_close
  kAbnormal,       // any other reason: phx_error
  kCrash,          // an exception: phx_error
  kLeft,           // the client left: its reply, then phx_close
  kDuplicateJoin,  // the client joined the topic anew: phx_close, after the new join's reply
  kClosed,         // the connection is gone
};
std::string_view ToString(StopReason reason);
std::ostream& operator<<(std::ostream& os, StopReason reason);

// What a handler decides.
struct Outcome {
  struct Reply {
    std::string status = {};
    Payload response = {};
    bool is_echo = false;  // in place of `response`: the payload of the message at hand
  };
  std::optional<Reply> reply = std::nullopt;      // sent first
  std::optional<StopReason> stop = std::nullopt;  // then the channel ends
};

Outcome NoReply();
// A reply to the message at hand; `status` may be any string. Elsewhere than in HandleIn there is
// nothing to reply to: that is a crash.
Outcome Reply(std::string_view status, Payload response = {});
Outcome Reply(std::string_view status, const Json& response);
Outcome ReplyOk(Payload response = {});
Outcome ReplyOk(const Json& response);
Outcome ReplyError(Payload response = {});
Outcome ReplyError(const Json& response);
// A reply with the payload of the message at hand, as it came; cheaper than a copy of it.
Outcome ReplyEcho(std::string_view status = "ok");
// Ends the channel: kNormal, kShutdown or kAbnormal; after `reply`'s reply if it has one.
Outcome Stop(StopReason reason = StopReason::kNormal, Outcome reply = {});

// A message of the channel to itself, or of a test to a channel.
struct Info {
  std::string name = {};
  Payload payload = {};
  std::any data = {};
};

// SocketRef: the right to answer one message later (Phoenix's socket_ref).
//
//   mock::SocketRef ref = socket.socket_ref();
//   pool.Run([ref] { ref.Reply("ok", Compute()); });
//
// Copyable, usable from any thread, also when the channel, the connection or the server is gone:
// then nothing happens. As in Phoenix the reply goes out even if the client has left the channel
// meanwhile, as long as its connection lives. Replying twice sends two replies.
class SocketRef {
 public:
  SocketRef() = default;
  SocketRef(std::weak_ptr<SessionPort> port, JsonTerm join_ref, JsonTerm ref, std::string topic);

  void Reply(std::string_view status, Payload response = {}) const;
  void Reply(std::string_view status, const Json& response) const;

 private:
  std::weak_ptr<SessionPort> port_;
  JsonTerm join_ref_;
  JsonTerm ref_;
  std::string topic_;
};

// JoinHandle: the answer to a join for which Join() returned JoinLater(). Copyable, usable from any
// thread. Only the first answer counts; none does once the client has given up the topic.
class JoinHandle {
 public:
  JoinHandle() = default;
  JoinHandle(std::weak_ptr<SessionPort> port, std::uint64_t channel_id);

  void Ok(Payload response = {}) const;
  void Error(Payload response = {}) const;
  void Crash() const;

 private:
  std::weak_ptr<SessionPort> port_;
  std::uint64_t channel_id_ = 0;
};

// ChannelRef: a channel as others see it (Phoenix's pid). Copyable, usable from any thread; does
// nothing once the channel has ended.
class ChannelRef {
 public:
  ChannelRef() = default;
  ChannelRef(std::weak_ptr<SessionPort> port, std::uint64_t channel_id);

  // Calls the channel's HandleInfo.
  void Send(Info info) const;
  // Pushes `event` to this channel's client alone. `payload` must be a JSON object or binary;
  // otherwise the channel crashes.
  void Push(std::string_view event, Payload payload = {}) const;
  void Push(std::string_view event, const Json& payload) const;
  // Ends the channel, as Outcome's stop does. kCrash crashes it.
  void Stop(StopReason reason = StopReason::kNormal) const;

 private:
  std::weak_ptr<SessionPort> port_;
  std::uint64_t channel_id_ = 0;
};

// ChannelSocket: one joined channel of one connection, as its handlers see it. Valid while they
// run; the handles that it gives may be kept.
class ChannelSocket {
 public:
  virtual ~ChannelSocket() = default;

  virtual std::string_view topic() const = 0;
  virtual ConnectionId connection() const = 0;
  virtual ProtocolVersion version() const = 0;

  // The join_ref that the channel's messages carry, as JSON text: "\"1\"", "1", "null".
  virtual std::string join_ref_text() const = 0;

  // What connect() and the handlers stored: one object, which begins as a copy of the socket's.
  virtual const Json& assigns() const = 0;
  virtual void Assign(std::string_view key, Json value) = 0;

  // Sends `event` to this client, before anything that the handler returns. Throws ChannelError if
  // `payload` cannot be sent on this connection: on V2 it must be an object or binary, on V1 JSON.
  virtual void Push(std::string_view event, const Payload& payload) = 0;
  void Push(std::string_view event, const Json& payload) { Push(event, Payload::Json(payload)); }

  // Sends `event` to all members of the topic, this one included, on all connections; on this
  // connection it stands before whatever the handler returns. Throws as Push does, also if it is
  // another member's connection that cannot carry the payload (of those on this I/O thread; on
  // other threads such members are passed over).
  virtual void Broadcast(std::string_view event, const Payload& payload) = 0;
  void Broadcast(std::string_view event, const Json& payload) {
    Broadcast(event, Payload::Json(payload));
  }
  // The same for all members but this one.
  virtual void BroadcastFrom(std::string_view event, const Payload& payload) = 0;
  void BroadcastFrom(std::string_view event, const Json& payload) {
    BroadcastFrom(event, Payload::Json(payload));
  }
  // The same for any topic (Phoenix's Endpoint.broadcast). The topic of a socket's id with the
  // event "disconnect" closes that user's connections.
  virtual void BroadcastTo(std::string_view topic, std::string_view event,
                           const Payload& payload) = 0;

  // Presence (Phoenix.Presence). Whoever is tracked appears to all members of the topic as
  // "presence_diff"; ListPresences() is what one pushes as "presence_state".
  //
  // Adds `key` with `meta`, an object, for as long as this channel lives; throws ChannelError if
  // this channel tracks `key` already. The diff goes out at once, to this client too.
  virtual void Track(std::string_view key, Json meta) = 0;
  // Replaces the meta by what `change` makes of it, and removes it. The diff goes out behind what
  // the handler returns. Both throw ChannelError if this channel does not track `key`.
  virtual void UpdatePresence(std::string_view key, const std::function<Json(Json)>& change) = 0;
  virtual void Untrack(std::string_view key) = 0;
  // {"key": {"metas": [{"phx_ref": …, …}, …]}, …}
  virtual Json ListPresences() const = 0;

  // Calls HandleInfo after the handlers that are due before it, or after `delay`. Ends with the
  // channel.
  virtual void Send(Info info) = 0;
  virtual void SendAfter(Duration delay, Info info) = 0;

  // Answers the message at hand after `delay`, unless the channel ends before. HandleIn only.
  virtual void ReplyAfter(Duration delay, std::string_view status, Payload response) = 0;

  // The message at hand. HandleIn only; throws ChannelError elsewhere.
  virtual SocketRef socket_ref() const = 0;
  // The join at hand. Join only; throws ChannelError elsewhere.
  virtual JoinHandle join_handle() const = 0;
  virtual ChannelRef self() const = 0;
};

class Channel {
 public:
  virtual ~Channel() = default;

  // The client asks to join. `params` may be any JSON.
  virtual JoinResult Join(ChannelSocket& socket, const Payload& params) = 0;

  // The client pushed `event`. `payload` may be any JSON, or binary, and is valid during the call;
  // a copy of it may be kept. The default has no clause for any event: it crashes.
  virtual Outcome HandleIn(ChannelSocket& socket, std::string_view event, const Payload& payload);

  // A message by Send(), SendAfter() or ChannelRef::Send(). Ignored by default.
  virtual Outcome HandleInfo(ChannelSocket& socket, const Info& info);

  // The events whose broadcasts come to HandleOut instead of going to the client by themselves.
  // Asked once, after Join().
  virtual std::span<const std::string> intercepts() const { return {}; }

  // An intercepted broadcast. By default it is pushed to the client.
  virtual Outcome HandleOut(ChannelSocket& socket, std::string_view event, const Payload& payload);

  // The channel ends. Called once for a channel that was joined; it may still push, unless the
  // reason is kClosed.
  virtual void Terminate(ChannelSocket& socket, StopReason reason);
};

// Makes the object for one joined channel. Called on the I/O threads, several at a time.
using ChannelFactory = std::function<std::unique_ptr<Channel>()>;

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CHANNEL_H_
