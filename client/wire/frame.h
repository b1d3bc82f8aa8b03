// A transport's unit: one WebSocket message (or one long-poll message), text or binary.
#ifndef PHX_CLIENT_WIRE_FRAME_H_
#define PHX_CLIENT_WIRE_FRAME_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace phx::wire {

enum class FrameType : std::uint8_t { kText, kBinary };

// A frame whose bytes belong to somebody else.
struct FrameView {
  FrameType type = FrameType::kText;
  std::string_view data = {};

  friend bool operator==(const FrameView&, const FrameView&) = default;
};

// A frame that owns its bytes.
struct Frame {
  FrameType type = FrameType::kText;
  std::string data = {};

  FrameView view() const { return {type, data}; }
  friend bool operator==(const Frame&, const Frame&) = default;
};

std::ostream& operator<<(std::ostream& os, const FrameView& frame);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_FRAME_H_
