#include "client/transport/websocket_peer.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include <openssl/evp.h>

namespace phx::test {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

std::string AcceptFor(const std::string& key) {
  const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, 20> digest{};
  EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
  std::array<unsigned char, 29> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string(base64.begin(), base64.end() - 1);
}

std::uint64_t BigEndian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value * 256 + static_cast<unsigned char>(byte);
  return value;
}

std::string BigEndianBytes(std::uint64_t value, int count) {
  std::string bytes;
  for (int i = count - 1; i >= 0; --i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

}  // namespace

std::string WebSocketPeer::TakeRequest() { return connection_->TakeUntil("\r\n\r\n"); }

std::string WebSocketPeer::AnswerTo(std::string_view request, std::string_view fields) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  const std::size_t key = request.find(kName) + kName.size();
  return absl::StrCat(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: ",
      AcceptFor(std::string(request.substr(key, 24))), "\r\n", Absl(fields), "\r\n");
}

std::string WebSocketPeer::Upgrade(std::string_view fields) {
  std::string request = TakeRequest();
  connection_->Send(AnswerTo(request, fields));
  return request;
}

std::string WebSocketPeer::FrameBytes(unsigned opcode, std::string_view payload, bool fin) {
  std::string bytes(1, static_cast<char>((fin ? 0x80u : 0u) | opcode));
  if (payload.size() < 126) {
    bytes.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() < 65536) {
    bytes += char{126} + BigEndianBytes(payload.size(), 2);
  } else {
    bytes += char{127} + BigEndianBytes(payload.size(), 8);
  }
  return bytes.append(payload);
}

std::string WebSocketPeer::CloseBytes(std::uint16_t code, std::string_view reason) {
  return FrameBytes(kClose, BigEndianBytes(code, 2).append(reason));
}

WebSocketPeer::Frame WebSocketPeer::TakeFrame() {
  const std::string head = connection_->Take(2);
  const auto first = static_cast<unsigned char>(head[0]);
  const auto second = static_cast<unsigned char>(head[1]);
  EXPECT_EQ(first & 0x70, 0) << "reserved bit set";
  EXPECT_NE(second & 0x80, 0) << "not masked";
  std::uint64_t size = second & 0x7F;
  if (size == 126) {
    size = BigEndian(connection_->Take(2));
    EXPECT_GE(size, 126u);
  } else if (size == 127) {
    size = BigEndian(connection_->Take(8));
    EXPECT_GE(size, 65536u);
  }
  const std::string key = connection_->Take(4);
  Frame frame{
      .opcode = first & 0xFu, .fin = (first & 0x80) != 0, .payload = connection_->Take(size)};
  for (std::size_t i = 0; i < frame.payload.size(); ++i) {
    frame.payload[i] = static_cast<char>(frame.payload[i] ^ key[i % 4]);
  }
  return frame;
}

std::string WebSocketPeer::TakeClose() {
  const Frame frame = TakeFrame();
  EXPECT_EQ(frame.opcode, kClose) << frame.payload;
  if (frame.payload.size() < 2) return frame.payload;
  return absl::StrCat(BigEndian(frame.payload.substr(0, 2)), " ", frame.payload.substr(2));
}

}  // namespace phx::test
