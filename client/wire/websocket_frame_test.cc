#include "client/wire/websocket_frame.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

constexpr MaskingKey kKey = {0x37, 0xfa, 0x21, 0x3d};  // the one of the RFC's examples

std::string Message(FrameView message, std::optional<MaskingKey> key) {
  std::string out;
  AppendMessage(out, message, key);
  return out;
}

std::string Close(const CloseInfo& info) {
  std::string out;
  AppendClose(out, info, std::nullopt);
  return out;
}

std::string Bytes(std::string_view bytes) { return std::string(bytes); }

// RFC 6455 5.7, byte for byte.
TEST(WebSocketFrameTest, WritesTheUnmaskedTextOfTheRfc) {
  EXPECT_EQ(Message({FrameType::kText, "Hello"}, std::nullopt), "\x81\x05\x48\x65\x6c\x6c\x6f");
}

TEST(WebSocketFrameTest, WritesTheMaskedTextOfTheRfc) {
  EXPECT_EQ(Message({FrameType::kText, "Hello"}, kKey),
            "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(WebSocketFrameTest, WritesTheFragmentsOfTheRfc) {
  std::string out;
  AppendFrame(out, {.opcode = WebSocketOpcode::kText, .fin = false}, "Hel");
  AppendFrame(out, {.opcode = WebSocketOpcode::kContinuation}, "lo");
  EXPECT_EQ(out, "\x01\x03\x48\x65\x6c\x80\x02\x6c\x6f");
}

TEST(WebSocketFrameTest, WritesThePingAndThePongOfTheRfc) {
  std::string out;
  AppendPing(out, "Hello", std::nullopt);
  AppendPong(out, "Hello", kKey);
  EXPECT_EQ(out, "\x89\x05\x48\x65\x6c\x6c\x6f\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
}

TEST(WebSocketFrameTest, WritesTheLongBinariesOfTheRfc) {
  const std::string medium = Message({FrameType::kBinary, std::string(256, 'x')}, std::nullopt);
  EXPECT_EQ(medium, Bytes({"\x82\x7e\x01\x00", 4}) + std::string(256, 'x'));
  const std::string large = Message({FrameType::kBinary, std::string(65536, 'x')}, std::nullopt);
  EXPECT_EQ(large,
            Bytes({"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10}) + std::string(65536, 'x'));
}

TEST(WebSocketFrameTest, WritesEachLengthInItsShortestForm) {
  EXPECT_EQ(Message({FrameType::kText, ""}, std::nullopt), Bytes({"\x81\x00", 2}));
  EXPECT_EQ(Message({FrameType::kText, std::string(125, 'x')}, std::nullopt).substr(0, 2),
            "\x81\x7d");
  EXPECT_EQ(Message({FrameType::kText, std::string(126, 'x')}, std::nullopt).substr(0, 4),
            Bytes({"\x81\x7e\x00\x7e", 4}));
  EXPECT_EQ(Message({FrameType::kText, std::string(65535, 'x')}, std::nullopt).substr(0, 4),
            "\x81\x7e\xff\xff");
}

TEST(WebSocketFrameTest, AppendsBehindWhatIsThere) {
  std::string out = "before";
  AppendMessage(out, {FrameType::kText, "a"}, std::nullopt);
  AppendMessage(out, {FrameType::kBinary, "b"}, kKey);
  EXPECT_EQ(out,
            "before\x81\x01"
            "a\x82\x81\x37\xfa\x21\x3d\x55");
}

TEST(WebSocketFrameTest, WritesAnyHeader) {
  std::string out;
  AppendHeader(out, {.opcode = static_cast<WebSocketOpcode>(0xB),
                     .fin = false,
                     .rsv = 7,
                     .payload_size = std::uint64_t{1} << 63,
                     .masking_key = kKey});
  EXPECT_EQ(out, Bytes({"\x7b\xff\x80\x00\x00\x00\x00\x00\x00\x00\x37\xfa\x21\x3d", 14}));
}

TEST(WebSocketFrameTest, FrameTakesItsLengthFromItsPayload) {
  std::string out;
  AppendFrame(out, {.opcode = WebSocketOpcode::kText, .payload_size = 99}, "abc");
  EXPECT_EQ(out,
            "\x81\x03"
            "abc");
}

TEST(WebSocketFrameTest, ControlPayloadIsCutAtItsLimit) {
  std::string out;
  AppendPing(out, std::string(200, 'x'), std::nullopt);
  EXPECT_EQ(out, "\x89\x7d" + std::string(125, 'x'));
}

TEST(WebSocketFrameTest, CloseCarriesCodeAndReason) {
  EXPECT_EQ(Close({1000, "bye"}),
            "\x88\x05\x03\xe8"
            "bye");
  EXPECT_EQ(Close({4999, ""}), "\x88\x02\x13\x87");
}

TEST(WebSocketFrameTest, CloseWithoutACodeIsEmpty) {
  for (int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    EXPECT_EQ(Close({static_cast<std::uint16_t>(code), "reason"}), Bytes({"\x88\x00", 2})) << code;
  }
}

TEST(WebSocketFrameTest, CloseReasonIsCutBetweenCharacters) {
  // 61 characters of two bytes and one of one are 123 bytes; one more does not fit.
  std::string reason = "x";
  for (int i = 0; i < 61; ++i) reason += "é";
  EXPECT_EQ(Close({1000, reason}), "\x88\x7d\x03\xe8" + reason);
  EXPECT_EQ(Close({1000, "y" + reason}), "\x88\x7c\x03\xe8y" + reason.substr(0, 121));
}

TEST(WebSocketFrameTest, CloseReasonThatIsNotUtf8IsLeftOut) {
  EXPECT_EQ(Close({1000, "\xff"}), "\x88\x02\x03\xe8");
}

TEST(WebSocketFrameTest, KnowsTheCloseCodesThatMayBeSent) {
  for (int code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000,
                   3999, 4000, 4999}) {
    EXPECT_TRUE(IsCloseCodeOnWire(static_cast<std::uint16_t>(code))) << code;
  }
  for (int code : {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1999, 2000, 2999, 5000, 65535}) {
    EXPECT_FALSE(IsCloseCodeOnWire(static_cast<std::uint16_t>(code))) << code;
  }
}

}  // namespace
}  // namespace phx::wire
