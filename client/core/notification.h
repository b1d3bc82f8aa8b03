// What handlers are told. One struct for each hook of Socket and Channel.
#ifndef PHX_CLIENT_CORE_NOTIFICATION_H_
#define PHX_CLIENT_CORE_NOTIFICATION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <variant>

#include "absl/status/status.h"
#include "client/core/status.h"
#include "client/core/time.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/message.h"
#include "client/wire/reply.h"

namespace phx {

// Socket::OnClose: a connection that had been open is gone. Each OnOpen is followed by exactly one.
struct SocketClosed {
  wire::CloseInfo info = {};  // 1006 where the server sent no close frame
  bool was_clean = false;     // both sides exchanged close frames
  absl::Status status = {};   // why, where it was not a close frame; OK otherwise
  // When the next attempt will be made; nullopt: none will, until Connect() is called.
  std::optional<Duration> reconnect_in = std::nullopt;
};

// Socket::OnError: an attempt to connect failed. Never after Disconnect().
struct SocketError {
  absl::Status status = {};
  HttpResponse response = {};  // the server's refusal, where it answered with one
  // How far the attempt had come; nullopt: it still waited for its params and token, or could not
  // be begun.
  std::optional<ConnectStage> stage = std::nullopt;
  std::optional<Duration> reconnect_in = std::nullopt;  // as in SocketClosed
};

// Socket::OnHeartbeat: each heartbeat is sent, and then answered or not, unless the connection ends
// first.
struct Heartbeat {
  enum class Event : std::uint8_t {
    kSent,
    kOk,       // answered, after `round_trip`
    kTimeout,  // not answered within SocketOptions::heartbeat_timeout: the connection is replaced
  };
  Event event = Event::kSent;
  Duration round_trip{0};
};

// Channel::OnJoin: the server accepted the join.
struct ChannelJoined {
  wire::Reply reply = {};
  bool is_rejoin = false;  // the channel had been joined before and rejoined by itself
};

// Channel::OnClose: the channel is closed and stays so until Join() is called.
struct ChannelClosed {
  enum class Cause : std::uint8_t {
    kLeft,          // Leave(): answered, timed out, or nothing to leave
    kServerClosed,  // the server sent phx_close
  };
  Cause cause = Cause::kLeft;
};

// Channel::OnError: the channel lost its join, or the join that was under way. It rejoins by
// itself. (A join that the server refuses, or that times out, is an outcome of Channel::Join
// instead.)
struct ChannelErrored {
  enum class Cause : std::uint8_t {
    kConnectionLost,  // closed or reset; `reason` says how
    kHeartbeatTimeout,
    kChannelCrashed,  // the server sent phx_error; `reason` is its payload
    kUnmatchedTopic,  // the server does not know of our join any more
    kDisconnected,    // Disconnect() was called; Connect() brings the channel back
  };
  Cause cause = Cause::kConnectionLost;
  std::string reason = {};  // JSON text or words, for logs and people
};

std::string_view ToString(Heartbeat::Event event);  // "sent", "ok", "timeout"
std::string_view ToString(ChannelErrored::Cause cause);

namespace core {

// What a Dispatch action carries to the handler. A message is valid until the core's next call.
using Notification =
    std::variant<const wire::Message*, std::shared_ptr<const OpenInfo>,
                 std::shared_ptr<const SocketClosed>, std::shared_ptr<const SocketError>,
                 std::shared_ptr<const Heartbeat>, std::shared_ptr<const SocketStatus>,
                 std::shared_ptr<const ChannelStatus>, std::shared_ptr<const ChannelJoined>,
                 std::shared_ptr<const ChannelClosed>, std::shared_ptr<const ChannelErrored>>;

}  // namespace core
}  // namespace phx

#endif  // PHX_CLIENT_CORE_NOTIFICATION_H_
