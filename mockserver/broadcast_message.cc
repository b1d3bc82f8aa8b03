#include "mockserver/broadcast_message.h"

#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/frame.h"
#include "mockserver/channel.h"
#include "mockserver/server_serializer.h"
#include "mockserver/shared_frame.h"

namespace phx::mock {

BroadcastMessage::BroadcastMessage(std::string topic, std::string event, Payload payload)
    : topic_(std::move(topic)), event_(std::move(event)), payload_(std::move(payload)) {
  payload_.Own();  // it outlives the frame that it came in
}

absl::StatusOr<std::shared_ptr<const SharedFrame>> BroadcastMessage::FrameFor(
    ProtocolVersion version) const {
  Encoded& encoded = encoded_[static_cast<std::size_t>(version)];
  std::call_once(encoded.once, [&] {
    std::string bytes;
    absl::StatusOr<wire::FrameType> type =
        ServerSerializer(version).EncodeBroadcast(topic_, event_, payload_, bytes);
    encoded.status = type.status();
    if (type.ok()) {
      encoded.frame = std::make_shared<const SharedFrame>(wire::FrameView{*type, bytes});
    }
  });
  if (!encoded.status.ok()) return encoded.status;
  return encoded.frame;
}

}  // namespace phx::mock
