#include "client/wire/websocket_frame.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "client/wire/utf8.h"

namespace phx::wire {
namespace {

constexpr unsigned kFinBit = 0x80;
constexpr unsigned kMaskBit = 0x80;
constexpr unsigned kLength16 = 126;  // RFC 6455 5.2: two bytes of length follow
constexpr unsigned kLength64 = 127;  // eight bytes of length follow

char* PutBigEndian(char* at, std::uint64_t value, unsigned bytes) {
  for (unsigned shift = bytes * 8; shift != 0; shift -= 8) {
    *at++ = static_cast<char>(value >> (shift - 8));
  }
  return at;
}

char* PutLength(char* at, unsigned mask_bit, std::uint64_t size) {
  if (size < kLength16) {
    *at++ = static_cast<char>(mask_bit | size);
    return at;
  }
  const bool fits_16 = size <= 0xFFFF;
  *at++ = static_cast<char>(mask_bit | (fits_16 ? kLength16 : kLength64));
  return PutBigEndian(at, size, fits_16 ? 2 : 8);
}

unsigned FirstByte(const WebSocketHeader& header) {
  return (header.fin ? kFinBit : 0u) | ((header.rsv & 7u) << 4u) |
         (static_cast<unsigned>(header.opcode) & 0xFu);
}

// Writes a header to `at`, where there is room for the longest, and returns its end.
char* PutHeader(char* at, unsigned first_byte, std::uint64_t payload_size,
                const std::optional<MaskingKey>& key) {
  *at++ = static_cast<char>(first_byte);
  at = PutLength(at, key ? kMaskBit : 0u, payload_size);
  if (key) {
    std::memcpy(at, key->data(), key->size());
    at += key->size();
  }
  return at;
}

// The loose parts of a header, and not a WebSocketHeader, because this runs for every message:
// putting the struct together and taking it apart again took as long as masking.
void Append(std::string& out, unsigned first_byte, std::string_view payload,
            const std::optional<MaskingKey>& key) {
  const std::size_t start = out.size();
  out.resize(start + kMaxWebSocketHeader + payload.size());
  char* const begin = out.data() + start;
  char* const body = PutHeader(begin, first_byte, payload.size(), key);
  if (key) {
    ApplyMask(body, payload.data(), payload.size(), *key);
  } else {
    std::copy(payload.begin(), payload.end(), body);
  }
  out.resize(start + static_cast<std::size_t>(body - begin) + payload.size());
}

void AppendControl(std::string& out, WebSocketOpcode opcode, std::string_view payload,
                   const std::optional<MaskingKey>& key) {
  Append(out, kFinBit | static_cast<unsigned>(opcode), payload.substr(0, kMaxControlPayload), key);
}

}  // namespace

void AppendHeader(std::string& out, const WebSocketHeader& header) {
  std::array<char, kMaxWebSocketHeader> bytes{};
  out.append(bytes.data(),
             PutHeader(bytes.data(), FirstByte(header), header.payload_size, header.masking_key));
}

void AppendFrame(std::string& out, const WebSocketHeader& header, std::string_view payload) {
  Append(out, FirstByte(header), payload, header.masking_key);
}

void AppendMessage(std::string& out, const FrameView& message,
                   const std::optional<MaskingKey>& key) {
  const WebSocketOpcode opcode =
      message.type == FrameType::kText ? WebSocketOpcode::kText : WebSocketOpcode::kBinary;
  Append(out, kFinBit | static_cast<unsigned>(opcode), message.data, key);
}

void AppendPing(std::string& out, std::string_view payload, const std::optional<MaskingKey>& key) {
  AppendControl(out, WebSocketOpcode::kPing, payload, key);
}

void AppendPong(std::string& out, std::string_view payload, const std::optional<MaskingKey>& key) {
  AppendControl(out, WebSocketOpcode::kPong, payload, key);
}

void AppendClose(std::string& out, const CloseInfo& info, const std::optional<MaskingKey>& key) {
  std::string payload;
  if (IsCloseCodeOnWire(info.code)) {
    payload.push_back(static_cast<char>(info.code >> 8u));
    payload.push_back(static_cast<char>(info.code & 0xFFu));
    if (IsValidUtf8(info.reason)) {
      payload.append(TruncateUtf8(info.reason, kMaxControlPayload - payload.size()));
    }
  }
  AppendControl(out, WebSocketOpcode::kClose, payload, key);
}

bool IsCloseCodeOnWire(std::uint16_t code) {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

}  // namespace phx::wire
