#include "client/wire/websocket_frame_header.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "client/wire/websocket_frame.h"

namespace phx::wire {

std::uint64_t header_internal::LongLength(const char* bytes) {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < LengthBytes(bytes); ++i) {
    size = (size << 8u) | ByteAt(bytes, kFixedHeaderSize + i);
  }
  return size;
}

std::string_view ToString(WebSocketOpcode opcode) {
  switch (opcode) {
    case WebSocketOpcode::kContinuation: return "continuation";
    case WebSocketOpcode::kText: return "text";
    case WebSocketOpcode::kBinary: return "binary";
    case WebSocketOpcode::kClose: return "close";
    case WebSocketOpcode::kPing: return "ping";
    case WebSocketOpcode::kPong: return "pong";
  }
  return "reserved";
}

}  // namespace phx::wire
