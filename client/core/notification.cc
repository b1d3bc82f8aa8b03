#include "client/core/notification.h"

#include <string_view>

namespace phx {

std::string_view ToString(Heartbeat::Event event) {
  switch (event) {
    case Heartbeat::Event::kSent: return "sent";
    case Heartbeat::Event::kOk: return "ok";
    case Heartbeat::Event::kTimeout: return "timeout";
  }
  return "unknown";
}

std::string_view ToString(ChannelErrored::Cause cause) {
  using Cause = ChannelErrored::Cause;
  switch (cause) {
    case Cause::kConnectionLost: return "connection lost";
    case Cause::kHeartbeatTimeout: return "heartbeat timeout";
    case Cause::kChannelCrashed: return "channel crashed";
    case Cause::kUnmatchedTopic: return "unmatched topic";
    case Cause::kDisconnected: return "disconnected";
  }
  return "unknown";
}

}  // namespace phx
