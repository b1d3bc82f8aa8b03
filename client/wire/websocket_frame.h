// The frames of the WebSocket protocol (RFC 6455 5.2): their header, and how they are written. How
// they are read: websocket_frame_decoder.h. Nothing here does I/O.
//
//   std::string out;
//   wire::AppendMessage(out, frame, wire::NextMaskingKey());        // a client: masked
//   wire::AppendMessage(out, frame, std::nullopt);                  // a server: not masked
//   wire::AppendClose(out, {wire::close_code::kNormal, "bye"}, std::nullopt);
//
// The bytes of an unmasked frame are the same for every receiver: a server encodes a broadcast once
// and appends the bytes to the output of each connection.
//
// Threads: pure functions.
#ifndef PHX_CLIENT_WIRE_WEBSOCKET_FRAME_H_
#define PHX_CLIENT_WIRE_WEBSOCKET_FRAME_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"

namespace phx::wire {

// RFC 6455 11.8. The other eleven values are reserved.
enum class WebSocketOpcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// The longest payload of a ping, a pong or a close (RFC 6455 5.5).
inline constexpr std::size_t kMaxControlPayload = 125;

// The longest header: two bytes, eight of length, four of masking key.
inline constexpr std::size_t kMaxWebSocketHeader = 14;

// A frame's header. Any value can be written, also what the protocol forbids, because a mock server
// must be able to send it.
struct WebSocketHeader {
  WebSocketOpcode opcode = WebSocketOpcode::kText;
  bool fin = true;       // the last frame of its message
  std::uint8_t rsv = 0;  // the reserved bits: 4 is RSV1, 2 is RSV2, 1 is RSV3
  std::uint64_t payload_size = 0;
  std::optional<MaskingKey> masking_key = std::nullopt;

  friend bool operator==(const WebSocketHeader&, const WebSocketHeader&) = default;
};

// AppendHeader()
//
// Appends the header alone, its length in the shortest of the three forms.
void AppendHeader(std::string& out, const WebSocketHeader& header);

// AppendFrame()
//
// Appends one frame: `header`, but with the size of `payload` for its payload_size, then the
// payload, masked if the header has a key. `payload` must not point into `out`.
void AppendFrame(std::string& out, const WebSocketHeader& header, std::string_view payload);

// AppendMessage()
//
// Appends a whole message as a single frame. Masked if there is a key: clients must, servers must
// not (RFC 6455 5.1). Text is not checked for UTF-8.
void AppendMessage(std::string& out, const FrameView& message,
                   const std::optional<MaskingKey>& key);

// AppendPing(), AppendPong()
//
// Append a control frame. Of a payload over kMaxControlPayload the rest is left out.
void AppendPing(std::string& out, std::string_view payload, const std::optional<MaskingKey>& key);
void AppendPong(std::string& out, std::string_view payload, const std::optional<MaskingKey>& key);

// AppendClose()
//
// Appends a close frame. Codes that say "no close frame said so" (1005, 1006, 1015) and others that
// may not be sent give an empty payload. The reason is cut to the 123 bytes that fit, between
// characters, and left out if it is not UTF-8.
void AppendClose(std::string& out, const CloseInfo& info, const std::optional<MaskingKey>& key);

// IsCloseCodeOnWire()
//
// Whether a close frame may carry `code`: 1000-1003, 1007-1014 (IANA's registry) and 3000-4999
// (libraries and applications).
bool IsCloseCodeOnWire(std::uint16_t code);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_WEBSOCKET_FRAME_H_
