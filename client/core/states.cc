#include "client/core/states.h"

#include <ostream>
#include <string_view>

namespace phx {

std::string_view ToString(ConnectionState state) {
  switch (state) {
    case ConnectionState::kConnecting: return "connecting";
    case ConnectionState::kOpen: return "open";
    case ConnectionState::kClosing: return "closing";
    case ConnectionState::kClosed: return "closed";
  }
  return "unknown";
}

std::string_view ToString(ChannelState state) {
  switch (state) {
    case ChannelState::kClosed: return "closed";
    case ChannelState::kErrored: return "errored";
    case ChannelState::kJoined: return "joined";
    case ChannelState::kJoining: return "joining";
    case ChannelState::kLeaving: return "leaving";
    case ChannelState::kRemoved: return "removed";
  }
  return "unknown";
}

std::ostream& operator<<(std::ostream& os, ConnectionState state) { return os << ToString(state); }
std::ostream& operator<<(std::ostream& os, ChannelState state) { return os << ToString(state); }

}  // namespace phx
