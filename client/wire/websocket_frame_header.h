// Reading one WebSocket frame header (RFC 6455 5.2). Part of websocket_frame_decoder.h; separate
// because it is a pure function of a few bytes.
#ifndef PHX_CLIENT_WIRE_WEBSOCKET_FRAME_HEADER_H_
#define PHX_CLIENT_WIRE_WEBSOCKET_FRAME_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "client/wire/masking.h"
#include "client/wire/websocket_frame.h"

namespace phx::wire {

// As many bytes are needed to know how long a header is.
inline constexpr std::size_t kFixedHeaderSize = 2;

namespace header_internal {

inline constexpr unsigned kLength16 = 126;  // two bytes of length follow
inline constexpr unsigned kLength64 = 127;  // eight bytes of length follow

inline unsigned ByteAt(const char* bytes, std::size_t i) {
  return static_cast<unsigned char>(bytes[i]);
}
inline bool IsMasked(const char* bytes) { return (ByteAt(bytes, 1) & 0x80u) != 0; }
inline unsigned ShortLength(const char* bytes) { return ByteAt(bytes, 1) & 0x7Fu; }
inline std::size_t LengthBytes(const char* bytes) {
  if (ShortLength(bytes) < kLength16) return 0;
  return ShortLength(bytes) == kLength16 ? 2 : 8;
}
std::uint64_t LongLength(const char* bytes);

}  // namespace header_internal

// The size of the header whose first kFixedHeaderSize bytes stand at `bytes`.
inline std::size_t HeaderSize(const char* bytes) {
  return kFixedHeaderSize + header_internal::LengthBytes(bytes) +
         (header_internal::IsMasked(bytes) ? sizeof(MaskingKey) : 0);
}

// The header whose HeaderSize() bytes stand at `bytes`. Nothing is checked. Inline, as all of this,
// because it runs for every frame.
inline WebSocketHeader ParseHeader(const char* bytes) {
  namespace internal = header_internal;
  WebSocketHeader header{
      .opcode = static_cast<WebSocketOpcode>(internal::ByteAt(bytes, 0) & 0xFu),
      .fin = (internal::ByteAt(bytes, 0) & 0x80u) != 0,
      .rsv = static_cast<std::uint8_t>((internal::ByteAt(bytes, 0) >> 4u) & 7u),
      .payload_size = internal::ShortLength(bytes),
  };
  if (header.payload_size >= internal::kLength16) {
    header.payload_size = internal::LongLength(bytes);
  }
  if (internal::IsMasked(bytes)) {
    MaskingKey& key = header.masking_key.emplace();
    std::memcpy(key.data(), bytes + HeaderSize(bytes) - key.size(), key.size());
  }
  return header;
}

// Whether the length of such a header is written in the shortest of its three forms, as it must be.
inline bool HasShortestLength(const char* bytes, std::uint64_t payload_size) {
  switch (header_internal::LengthBytes(bytes)) {
    case 0: return true;
    case 2: return payload_size >= header_internal::kLength16;
    default: return payload_size > 0xFFFF;
  }
}

// Close, ping, pong and the reserved opcodes 0xB to 0xF.
inline bool IsControl(WebSocketOpcode opcode) { return (static_cast<unsigned>(opcode) & 8u) != 0; }

// Opcodes that RFC 6455 gives no meaning.
inline bool IsReserved(WebSocketOpcode opcode) {
  return opcode > WebSocketOpcode::kPong ||
         (opcode > WebSocketOpcode::kBinary && opcode < WebSocketOpcode::kClose);
}

// "text", "ping", …
std::string_view ToString(WebSocketOpcode opcode);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_WEBSOCKET_FRAME_HEADER_H_
