// SocketStatus, ChannelStatus: where a socket or a channel stands, and until when.
//
//   socket.OnStatus([](const phx::SocketStatus& status) {
//     using Kind = phx::SocketStatus::Kind;
//     if (status.kind == Kind::kWaitingToReconnect) ShowCountdown(*status.until);
//   });
//
// They say more than the states of Phoenix (states.h): a closed socket may be waiting to reconnect,
// an errored channel may be waiting to rejoin, or for the socket, or have given up.
#ifndef PHX_CLIENT_CORE_STATUS_H_
#define PHX_CLIENT_CORE_STATUS_H_

#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

#include "client/core/states.h"
#include "client/core/time.h"

namespace phx {

struct SocketStatus {
  enum class Kind : std::uint8_t {
    kDisconnected,  // and stays so until Connect() is called
    kConnecting,    // an attempt is under way, which is given up at `until`
    kOpen,
    kClosing,             // Disconnect() waits for the server's close, at most until `until`
    kWaitingToReconnect,  // dials again at `until`
  };
  Kind kind = Kind::kDisconnected;
  // By the steady clock. TimePoint::max(): never.
  std::optional<TimePoint> until = std::nullopt;

  ConnectionState state() const;
  friend bool operator==(const SocketStatus&, const SocketStatus&) = default;
};

struct ChannelStatus {
  enum class Kind : std::uint8_t {
    kClosed,   // and stays so until Join() is called
    kJoining,  // for the socket, for its turn, or for the reply; times out at `until`
    kJoined,
    kWaitingForSocket,  // lost its join, or did not get it: rejoins when the socket opens
    kWaitingToRejoin,   // the same: rejoins at `until`
    kRefused,           // SocketOptions::should_rejoin said stop
    kLeaving,           // Leave() waits for the server, at most until `until`
    kRemoved,           // no longer part of its socket; unusable
  };
  Kind kind = Kind::kClosed;
  std::optional<TimePoint> until = std::nullopt;  // as above

  ChannelState state() const;
  friend bool operator==(const ChannelStatus&, const ChannelStatus&) = default;
};

std::string_view ToString(SocketStatus::Kind kind);   // "waiting to reconnect", …
std::string_view ToString(ChannelStatus::Kind kind);  // "waiting to rejoin", …

std::ostream& operator<<(std::ostream& os, SocketStatus::Kind kind);
std::ostream& operator<<(std::ostream& os, ChannelStatus::Kind kind);

}  // namespace phx

#endif  // PHX_CLIENT_CORE_STATUS_H_
