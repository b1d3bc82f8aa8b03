// JsonSerializerV2: protocol version 2.0.0, which every Phoenix since 1.3 speaks.
//
// A text frame is the array [join_ref, ref, topic, event, payload]; a message with a binary payload
// is a binary frame (binary_frame.h).
//
// Decoding reads the four strings and takes the rest as the payload, unread: what a malformed
// payload costs is paid by whoever asks for its value (Payload::json()), and by nobody else. An
// array with more than five elements is malformed; it is noticed here or when its payload is
// parsed, at the latest.
#ifndef PHX_CLIENT_WIRE_JSON_SERIALIZER_V2_H_
#define PHX_CLIENT_WIRE_JSON_SERIALIZER_V2_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/serializer.h"

namespace phx::wire {

class JsonSerializerV2 final : public Serializer {
 public:
  std::string_view version() const override { return "2.0.0"; }
  absl::StatusOr<FrameType> Encode(const Message& message, std::string& out) const override;
  absl::StatusOr<Message> Decode(FrameView frame) const override;
  absl::Status DecodeTo(FrameView frame, Message& message) const override;
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_JSON_SERIALIZER_V2_H_
