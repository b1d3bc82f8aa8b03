// FrameTrace: a serializer that tells of each frame which it makes or reads, for those who want to
// see what one connection does.
//
//   -> ["3","3","room:1","phx_join",(2 bytes, not shown)]
//   <- ["3","3","room:1","phx_reply",{"response":{},"status":"ok"}]
//
// What is sent with a join may hold a token, and is not shown. Long payloads are cut off.
#ifndef PHX_LOADGEN_FRAME_TRACE_H_
#define PHX_LOADGEN_FRAME_TRACE_H_

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "client/wire/frame.h"
#include "client/wire/json_serializer_v2.h"
#include "client/wire/message.h"
#include "client/wire/serializer.h"

namespace phx::loadgen {

class FrameTrace final : public wire::Serializer {
 public:
  // `tell` is called where the serializer is, with one line without its end.
  explicit FrameTrace(std::function<void(std::string)> tell) : tell_(std::move(tell)) {}

  std::string_view version() const override { return serializer_.version(); }
  absl::StatusOr<wire::FrameType> Encode(const wire::Message& message,
                                         std::string& out) const override;
  absl::StatusOr<wire::Message> Decode(wire::FrameView frame) const override;

 private:
  wire::JsonSerializerV2 serializer_;
  std::function<void(std::string)> tell_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_FRAME_TRACE_H_
