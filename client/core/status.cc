#include "client/core/status.h"

#include <ostream>
#include <string_view>

namespace phx {

ConnectionState SocketStatus::state() const {
  switch (kind) {
    case Kind::kConnecting: return ConnectionState::kConnecting;
    case Kind::kOpen: return ConnectionState::kOpen;
    case Kind::kClosing: return ConnectionState::kClosing;
    case Kind::kDisconnected:
    case Kind::kWaitingToReconnect: break;
  }
  return ConnectionState::kClosed;
}

ChannelState ChannelStatus::state() const {
  switch (kind) {
    case Kind::kClosed: return ChannelState::kClosed;
    case Kind::kJoining: return ChannelState::kJoining;
    case Kind::kJoined: return ChannelState::kJoined;
    case Kind::kWaitingForSocket:
    case Kind::kWaitingToRejoin:
    case Kind::kRefused: return ChannelState::kErrored;
    case Kind::kLeaving: return ChannelState::kLeaving;
    case Kind::kRemoved: break;
  }
  return ChannelState::kRemoved;
}

std::string_view ToString(SocketStatus::Kind kind) {
  using Kind = SocketStatus::Kind;
  switch (kind) {
    case Kind::kDisconnected: return "disconnected";
    case Kind::kConnecting: return "connecting";
    case Kind::kOpen: return "open";
    case Kind::kClosing: return "closing";
    case Kind::kWaitingToReconnect: return "waiting to reconnect";
  }
  return "unknown";
}

std::string_view ToString(ChannelStatus::Kind kind) {
  using Kind = ChannelStatus::Kind;
  switch (kind) {
    case Kind::kClosed: return "closed";
    case Kind::kJoining: return "joining";
    case Kind::kJoined: return "joined";
    case Kind::kWaitingForSocket: return "waiting for the socket";
    case Kind::kWaitingToRejoin: return "waiting to rejoin";
    case Kind::kRefused: return "refused";
    case Kind::kLeaving: return "leaving";
    case Kind::kRemoved: return "removed";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& os, SocketStatus::Kind kind) { return os << ToString(kind); }
std::ostream& operator<<(std::ostream& os, ChannelStatus::Kind kind) {
  return os << ToString(kind);
}

}  // namespace phx
