// The events and topics that the protocol itself uses (Phoenix.Socket.Message, phoenix.js
// CHANNEL_EVENTS). All other events belong to the application and are plain strings.
#ifndef PHX_CLIENT_WIRE_EVENTS_H_
#define PHX_CLIENT_WIRE_EVENTS_H_

#include <string_view>

namespace phx::events {

inline constexpr std::string_view kJoin = "phx_join";
inline constexpr std::string_view kLeave = "phx_leave";
inline constexpr std::string_view kReply = "phx_reply";
inline constexpr std::string_view kClose = "phx_close";
inline constexpr std::string_view kError = "phx_error";
inline constexpr std::string_view kHeartbeat = "heartbeat";

// The topic of heartbeats; no channel may have it.
inline constexpr std::string_view kPhoenixTopic = "phoenix";

}  // namespace phx::events

#endif  // PHX_CLIENT_WIRE_EVENTS_H_
