// BroadcastMessage: a message to all members of a topic.
#ifndef PHX_MOCKSERVER_BROADCAST_MESSAGE_H_
#define PHX_MOCKSERVER_BROADCAST_MESSAGE_H_

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "mockserver/channel.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {

// Encoded at most once for each version of the protocol, however many connections get it on however
// many threads. Immutable to its users. Threads: any.
class BroadcastMessage {
 public:
  BroadcastMessage(std::string topic, std::string event, Payload payload);

  const std::string& topic() const { return topic_; }
  const std::string& event() const { return event_; }
  const Payload& payload() const { return payload_; }

  // The frame for connections on `version`; kInvalidArgument if it cannot carry this message.
  absl::StatusOr<std::shared_ptr<const SharedFrame>> FrameFor(ProtocolVersion version) const;

 private:
  struct Encoded {
    std::once_flag once;
    absl::Status status;
    std::shared_ptr<const SharedFrame> frame;
  };

  std::string topic_;
  std::string event_;
  Payload payload_;
  mutable std::array<Encoded, 2> encoded_;  // by version
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_BROADCAST_MESSAGE_H_
