// JsonSerializerV1: protocol version 1.0.0, for servers older than Phoenix 1.3 and for those that
// were never told a version.
//
// A text frame is the object {"topic","event","payload","ref"}. There is no join_ref on this wire
// (one that a server sends is understood), and no binary.
#ifndef PHX_CLIENT_WIRE_JSON_SERIALIZER_V1_H_
#define PHX_CLIENT_WIRE_JSON_SERIALIZER_V1_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/wire/serializer.h"

namespace phx::wire {

class JsonSerializerV1 final : public Serializer {
 public:
  std::string_view version() const override { return "1.0.0"; }
  absl::StatusOr<FrameType> Encode(const Message& message, std::string& out) const override;
  absl::StatusOr<Message> Decode(FrameView frame) const override;
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_JSON_SERIALIZER_V1_H_
