// The states of sockets and channels, by Phoenix's names.
#ifndef PHX_CLIENT_CORE_STATES_H_
#define PHX_CLIENT_CORE_STATES_H_

#include <cstdint>
#include <ostream>
#include <string_view>

namespace phx {

// phoenix.js connectionState(), Go ConnectionState.
enum class ConnectionState : std::uint8_t {
  kConnecting,  // an attempt is under way
  kOpen,
  kClosing,  // Disconnect() waits for the server's close frame
  kClosed,   // no connection; perhaps waiting to reconnect
};

// phoenix.js CHANNEL_STATES, and Go's `removed`.
enum class ChannelState : std::uint8_t {
  kClosed,   // not joined: new, left, or closed by the server
  kErrored,  // lost its join; rejoins by itself unless the rejoin policy said stop
  kJoined,
  kJoining,  // Join() was called or a rejoin is under way; also while offline
  kLeaving,  // Leave() waits for the server
  kRemoved,  // no longer part of its socket; unusable
};

std::string_view ToString(ConnectionState state);  // "connecting", "open", …
std::string_view ToString(ChannelState state);     // "closed", "errored", …

std::ostream& operator<<(std::ostream& os, ConnectionState state);
std::ostream& operator<<(std::ostream& os, ChannelState state);

}  // namespace phx

#endif  // PHX_CLIENT_CORE_STATES_H_
