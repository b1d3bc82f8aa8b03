// Action: what the protocol core wants done. The core never does anything itself; whoever drives it
// takes its actions, in order, after every call, and carries them out.
#ifndef PHX_CLIENT_CORE_ACTION_H_
#define PHX_CLIENT_CORE_ACTION_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "client/core/log_level.h"
#include "client/core/notification.h"
#include "client/core/status.h"
#include "client/core/time.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/ref.h"
#include "client/wire/reply.h"

namespace phx::core {

// Numbers the attempts to connect, from 1. Every event of a transport carries the generation of its
// attempt, so that what an old one still says is recognised and dropped, in one place.
using Generation = std::uint64_t;

// Names a channel within its core.
using ChannelId = std::uint32_t;

// Names an outstanding push. The caller chooses it; the core only repeats it.
using PushId = std::uint64_t;

// A push whose outcome nobody wants to know: it has no PushSent and no PushDone.
inline constexpr PushId kNobody = 0;

// Names a ping, in the same way.
using PingId = std::uint64_t;

// --- to the transport

// Which of the socket's transports.
enum class TransportKind : std::uint8_t {
  kPrimary,   // SocketOptions::transport
  kFallback,  // SocketOptions::fallback
};

struct OpenTransport {
  Generation generation = 0;
  TransportKind transport = TransportKind::kPrimary;
};

// The frame's bytes lie in the core until the actions are drained: SocketCore::FrameOf().
struct SendFrame {
  Generation generation = 0;
  wire::FrameType type = wire::FrameType::kText;
  std::size_t offset = 0;
  std::size_t size = 0;
};

// Close with the handshake. The core counts the time and follows with AbandonTransport if it must.
struct CloseTransport {
  Generation generation = 0;
  wire::CloseInfo info;
};

// Drop the connection at once; nothing of it may reach the core any more.
struct AbandonTransport {
  Generation generation = 0;
};

// --- to the user's side

// The channel's join params are a function: evaluate it and call SocketCore::OnJoinParams().
struct RequestJoinParams {
  ChannelId channel = 0;
  std::uint32_t serial = 0;
};

// A push that had waited was written.
struct PushSent {
  PushId push = 0;
  Ref ref;
};

// The one outcome of a push, of a leave, or of a join that was rejected at once.
struct PushDone {
  PushId push = 0;
  absl::StatusOr<wire::Reply> outcome;
};

// One outcome of a join. A channel that rejoins by itself reports each under the PushId of Join().
struct JoinDone {
  PushId push = 0;
  absl::StatusOr<wire::Reply> outcome;
};

// The one outcome of a ping: how long the round trip took.
struct PingDone {
  PingId ping = 0;
  absl::StatusOr<Duration> outcome;
};

// Run the handler that is registered under `binding`.
struct Dispatch {
  Ref binding;
  Notification notification;
};

struct ConnectionChanged {
  SocketStatus status;
};

struct ChannelChanged {
  ChannelId channel = 0;
  ChannelStatus status;
  Ref join_ref;
};

struct Log {
  LogLevel level = LogLevel::kDebug;
  const char* kind = "";  // "transport", "channel", "push", "receive": phoenix.js's kinds
  std::string text;
};

using Action = std::variant<OpenTransport, SendFrame, CloseTransport, AbandonTransport,
                            RequestJoinParams, PushSent, PushDone, JoinDone, PingDone, Dispatch,
                            ConnectionChanged, ChannelChanged, Log>;

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_ACTION_H_
