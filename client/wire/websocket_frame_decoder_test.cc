#include "client/wire/websocket_frame_decoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking.h"
#include "client/wire/websocket_frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr MaskingKey kKey = {0x37, 0xfa, 0x21, 0x3d};

std::string Describe(const WebSocketEvent& event) {
  const std::string data(event.data);
  const char* const compressed = event.compressed ? "compressed " : "";
  switch (event.kind) {
    case WebSocketEvent::Kind::kNeedInput: return "need input";
    case WebSocketEvent::Kind::kMessage:
      return absl::StrCat(compressed, event.type == FrameType::kText ? "text " : "binary ", data);
    case WebSocketEvent::Kind::kPing: return absl::StrCat("ping ", data);
    case WebSocketEvent::Kind::kPong: return absl::StrCat("pong ", data);
    case WebSocketEvent::Kind::kClose: return absl::StrCat("close ", event.close_code, " ", data);
    case WebSocketEvent::Kind::kError: return absl::StrCat("error ", event.close_code, " ", data);
  }
  return "";
}

// Feeds one piece, in memory of exactly its size, and adds the events to `events`.
void FeedPiece(WebSocketFrameDecoder& decoder, std::string_view piece,
               std::vector<std::string>& events) {
  std::vector<char> memory(piece.begin(), piece.end());
  decoder.Feed(memory.data(), memory.size());
  for (;;) {
    const WebSocketEvent event = decoder.Next();
    if (event.kind == WebSocketEvent::Kind::kNeedInput) return;
    events.push_back(Describe(event));
    if (event.kind == WebSocketEvent::Kind::kError) return;
  }
}

std::vector<std::string> Decode(std::string_view input,
                                const WebSocketDecoderOptions& options = {}) {
  WebSocketFrameDecoder decoder(options);
  std::vector<std::string> events;
  FeedPiece(decoder, input, events);
  return events;
}

std::string Frame(WebSocketHeader header, std::string_view payload = "") {
  std::string out;
  AppendFrame(out, header, payload);
  return out;
}

std::string Text(std::string_view payload) {
  return Frame({.opcode = WebSocketOpcode::kText}, payload);
}

std::string Close(std::string_view payload) {
  return Frame({.opcode = WebSocketOpcode::kClose}, payload);
}

constexpr WebSocketHeader kFirst = {.opcode = WebSocketOpcode::kText, .fin = false};
constexpr WebSocketHeader kMiddle = {.opcode = WebSocketOpcode::kContinuation, .fin = false};
constexpr WebSocketHeader kLast = {.opcode = WebSocketOpcode::kContinuation};
constexpr WebSocketHeader kPing = {.opcode = WebSocketOpcode::kPing};
constexpr WebSocketHeader kPong = {.opcode = WebSocketOpcode::kPong};

// RFC 6455 5.7.
TEST(WebSocketFrameDecoderTest, ReadsTheExamplesOfTheRfc) {
  EXPECT_THAT(Decode("\x81\x05Hello"), ElementsAre("text Hello"));
  EXPECT_THAT(
      Decode("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {.role = WebSocketRole::kServer}),
      ElementsAre("text Hello"));
  EXPECT_THAT(Decode("\x01\x03Hel\x80\x02lo"), ElementsAre("text Hello"));
  EXPECT_THAT(Decode("\x89\x05Hello"), ElementsAre("ping Hello"));
  EXPECT_THAT(
      Decode("\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {.role = WebSocketRole::kServer}),
      ElementsAre("pong Hello"));
  const std::string medium(256, 'x');
  EXPECT_THAT(Decode(std::string("\x82\x7e\x01\x00", 4) + medium), ElementsAre("binary " + medium));
  const std::string large(65536, 'x');
  EXPECT_THAT(Decode(std::string("\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10) + large),
              ElementsAre("binary " + large));
}

TEST(WebSocketFrameDecoderTest, ReadsAllFramesOfOneInput) {
  EXPECT_THAT(Decode(Text("a") + Frame(kPing, "p") + Text("") + Frame(kPong) + Text("b")),
              ElementsAre("text a", "ping p", "text ", "pong ", "text b"));
}

TEST(WebSocketFrameDecoderTest, MessageInOneInputIsNotCopied) {
  std::string input = Text("Hello");
  WebSocketFrameDecoder decoder({});
  decoder.Feed(input.data(), input.size());
  EXPECT_EQ(decoder.Next().data.data(), input.data() + 2);
}

TEST(WebSocketFrameDecoderTest, AssemblesFragments) {
  EXPECT_THAT(Decode(Frame(kFirst, "a") + Frame(kMiddle, "") + Frame(kMiddle, "b") +
                     Frame(kLast, "c") + Text("next")),
              ElementsAre("text abc", "text next"));
}

TEST(WebSocketFrameDecoderTest, AssemblesEmptyFragments) {
  EXPECT_THAT(Decode(Frame(kFirst) + Frame(kMiddle) + Frame(kLast)), ElementsAre("text "));
}

TEST(WebSocketFrameDecoderTest, FragmentedBinaryStaysBinary) {
  EXPECT_THAT(
      Decode(Frame({.opcode = WebSocketOpcode::kBinary, .fin = false}, "a") + Frame(kLast, "\xff")),
      ElementsAre("binary a\xff"));
}

TEST(WebSocketFrameDecoderTest, ControlFramesMayComeBetweenFragments) {
  EXPECT_THAT(Decode(Frame(kFirst, "a") + Frame(kPing, "1") + Frame(kMiddle, "b") +
                     Frame(kPong, "2") + Frame(kLast, "c")),
              ElementsAre("ping 1", "pong 2", "text abc"));
}

TEST(WebSocketFrameDecoderTest, CharacterMayBeCutByFragments) {
  EXPECT_THAT(Decode(Frame(kFirst, "\xe6\xbc") + Frame(kLast, "\xa2")), ElementsAre("text 漢"));
}

TEST(WebSocketFrameDecoderTest, IsIdleBetweenMessagesOnly) {
  WebSocketFrameDecoder decoder({});
  std::vector<std::string> events;
  EXPECT_TRUE(decoder.is_idle());
  for (const char byte : Frame(kFirst, "abc") + Frame(kLast, "d")) {
    FeedPiece(decoder, {&byte, 1}, events);
    EXPECT_EQ(decoder.is_idle(), !events.empty());
  }
  EXPECT_THAT(events, ElementsAre("text abcd"));
}

TEST(WebSocketFrameDecoderTest, HoldsMemoryForWhatIsCutOnly) {
  WebSocketFrameDecoder decoder({});
  std::vector<std::string> events;
  const std::string input = Text(std::string(100'000, 'x'));
  FeedPiece(decoder, std::string_view(input).substr(0, 50'000), events);
  EXPECT_GE(decoder.held_memory(), 49'990);
  FeedPiece(decoder, std::string_view(input).substr(50'000), events);
  EXPECT_EQ(events.size(), 1);
  EXPECT_EQ(decoder.held_memory(), 0);
  FeedPiece(decoder, Frame(kFirst, "some ") + Frame(kLast, "text of more than a few bytes"),
            events);
  EXPECT_EQ(events.size(), 2);
  EXPECT_EQ(decoder.held_memory(), 0);
}

TEST(WebSocketFrameDecoderTest, TakesMemoryForWhatCameNotForWhatIsPromised) {
  WebSocketFrameDecoder decoder({});
  std::vector<std::string> events;
  std::string input;
  AppendHeader(input, {.payload_size = 50'000'000});
  FeedPiece(decoder, input + std::string(100, 'x'), events);
  EXPECT_LT(decoder.held_memory(), 300'000);
}

// Close frames: RFC 6455 5.5.1 and 7.4.
TEST(WebSocketFrameDecoderTest, ReadsCloseFrames) {
  EXPECT_THAT(Decode(Close("")), ElementsAre("close 1005 "));
  EXPECT_THAT(Decode(Close("\x03\xe8")), ElementsAre("close 1000 "));
  EXPECT_THAT(Decode(Close("\x03\xe9ünd tschüß")), ElementsAre("close 1001 ünd tschüß"));
}

TEST(WebSocketFrameDecoderTest, AcceptsTheCloseCodesThatServersSend) {
  for (int code : {1000, 1003, 1007, 1011, 1012, 1013, 1014, 3000, 3410, 4000, 4999}) {
    std::string out;
    AppendClose(out, {static_cast<std::uint16_t>(code), ""}, std::nullopt);
    EXPECT_THAT(Decode(out), ElementsAre(absl::StrCat("close ", code, " ")));
  }
}

TEST(WebSocketFrameDecoderTest, IgnoresWhatComesAfterAClose) {
  EXPECT_THAT(Decode(Close("") + Text("late") + "garbage \xff\xff\xff"),
              ElementsAre("close 1005 "));
}

TEST(WebSocketFrameDecoderTest, RejectsInvalidCloseCodes) {
  for (int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    const std::string payload = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    EXPECT_THAT(
        Decode(Close(payload)),
        ElementsAre(absl::StrCat("error 1002 close frame at byte 0: invalid close code ", code)));
  }
}

TEST(WebSocketFrameDecoderTest, AcceptsUndefinedCloseCodesIfAllowed) {
  const WebSocketDecoderOptions options = {.allow_undefined_close_codes = true};
  EXPECT_THAT(Decode(Close("\x13\x88why"), options), ElementsAre("close 5000 why"));
  EXPECT_THAT(Decode(Close("\xff\xff"), options), ElementsAre("close 65535 "));
  EXPECT_THAT(Decode(Close("\x03\xed"), options), ElementsAre(HasSubstr("error 1002")));
}

TEST(WebSocketFrameDecoderTest, RejectsCloseOfOneByte) {
  EXPECT_THAT(Decode(Close("x")),
              ElementsAre("error 1002 close frame at byte 0: close frame of one "
                          "byte"));
}

TEST(WebSocketFrameDecoderTest, RejectsCloseReasonThatIsNotUtf8) {
  EXPECT_THAT(Decode(Close("\x03\xe8\xff")),
              ElementsAre("error 1007 close frame at byte 0: close reason is not UTF-8"));
}

// What a peer may not send: RFC 6455 5.2, 5.4, 5.5.
TEST(WebSocketFrameDecoderTest, RejectsReservedOpcodes) {
  for (int opcode : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    EXPECT_THAT(
        Decode(Frame({.opcode = static_cast<WebSocketOpcode>(opcode)})),
        ElementsAre(absl::StrCat("error 1002 reserved frame at byte 0: reserved opcode ", opcode)));
  }
}

TEST(WebSocketFrameDecoderTest, RejectsReservedBits) {
  for (std::uint8_t rsv = 1; rsv < 8; ++rsv) {
    EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kText, .rsv = rsv})),
                ElementsAre("error 1002 text frame at byte 0: reserved bit set"));
  }
}

TEST(WebSocketFrameDecoderTest, CompressedMessagesAreHandedOutAsTheyAre) {
  const WebSocketDecoderOptions options = {.allow_compressed = true};
  EXPECT_THAT(
      Decode(Frame({.opcode = WebSocketOpcode::kText, .rsv = 4}, "\xff") + Text("plain"), options),
      ElementsAre("compressed text \xff", "text plain"));
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kText, .fin = false, .rsv = 4}, "\xff") +
                         Frame(kLast, "\xfe"),
                     options),
              ElementsAre("compressed text \xff\xfe"));
}

TEST(WebSocketFrameDecoderTest, CompressionIsSaidOnTheFirstFrameOfAMessageOnly) {
  const WebSocketDecoderOptions options = {.allow_compressed = true};
  const WebSocketHeader again = {.opcode = WebSocketOpcode::kContinuation, .rsv = 4};
  EXPECT_THAT(Decode(Frame(kFirst, "a") + Frame(again, "b"), options),
              ElementsAre("error 1002 continuation frame at byte 3: reserved bit set"));
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kPing, .rsv = 4}), options),
              ElementsAre("error 1002 ping frame at byte 0: reserved bit set"));
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kText, .rsv = 2}), options),
              ElementsAre("error 1002 text frame at byte 0: reserved bit set"));
}

TEST(WebSocketFrameDecoderTest, ClientRejectsMaskedFrames) {
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kText, .masking_key = kKey}, "a")),
              ElementsAre("error 1002 text frame at byte 0: masked by a server"));
}

TEST(WebSocketFrameDecoderTest, ServerRejectsUnmaskedFrames) {
  EXPECT_THAT(Decode(Text("a"), {.role = WebSocketRole::kServer}),
              ElementsAre("error 1002 text frame at byte 0: not masked"));
}

TEST(WebSocketFrameDecoderTest, RejectsLengthsThatAreNotInTheirShortestForm) {
  EXPECT_THAT(Decode(std::string("\x81\x7e\x00\x7d", 4) + std::string(125, 'x')),
              ElementsAre("error 1002 text frame at byte 0: length not in its shortest form"));
  EXPECT_THAT(Decode(std::string("\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 10)),
              ElementsAre("error 1002 text frame at byte 0: length not in its shortest form"));
  EXPECT_THAT(Decode(std::string("\x89\x7e\x00\x05Hello", 9)),
              ElementsAre("error 1002 ping frame at byte 0: length not in its shortest form"));
}

TEST(WebSocketFrameDecoderTest, RejectsALengthWithItsHighestBitSet) {
  EXPECT_THAT(Decode(std::string("\x82\x7f\x80\x00\x00\x00\x00\x00\x00\x00", 10)),
              ElementsAre("error 1002 binary frame at byte 0: length with its highest bit set"));
}

TEST(WebSocketFrameDecoderTest, RejectsFragmentedControlFrames) {
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kPing, .fin = false})),
              ElementsAre("error 1002 ping frame at byte 0: fragmented control frame"));
}

TEST(WebSocketFrameDecoderTest, RejectsLongControlFrames) {
  EXPECT_THAT(Decode(Frame(kPing, std::string(125, 'x'))),
              ElementsAre("ping " + std::string(125, 'x')));
  EXPECT_THAT(Decode(Frame(kPing, std::string(126, 'x'))),
              ElementsAre("error 1002 ping frame at byte 0: control frame of more than 125 bytes"));
}

TEST(WebSocketFrameDecoderTest, RejectsAStrayContinuation) {
  EXPECT_THAT(Decode(Frame(kLast, "a")),
              ElementsAre("error 1002 continuation frame at byte 0: no message to continue"));
  EXPECT_THAT(
      Decode(Frame(kFirst, "a") + Frame(kLast, "b") + Frame(kLast, "c")),
      ElementsAre("text ab", "error 1002 continuation frame at byte 6: no message to continue"));
}

TEST(WebSocketFrameDecoderTest, RejectsAMessageInsideAFragmentedOne) {
  EXPECT_THAT(Decode(Frame(kFirst, "a") + Text("b")),
              ElementsAre("error 1002 text frame at byte 3: new message inside a fragmented one"));
}

TEST(WebSocketFrameDecoderTest, RejectsTextThatIsNotUtf8) {
  EXPECT_THAT(Decode(Text("ok") + Text("\xc3")),
              ElementsAre("text ok", "error 1007 text frame at byte 4: text is not UTF-8"));
  EXPECT_THAT(Decode(Text(std::string(1000, 'x') + "\xc3")),
              ElementsAre("error 1007 text frame at byte 0: text is not UTF-8"));
}

TEST(WebSocketFrameDecoderTest, RejectsFragmentedTextThatIsNotUtf8) {
  EXPECT_THAT(Decode(Frame(kFirst, "\xe6") + Frame(kLast, "x")),
              ElementsAre("error 1007 continuation frame at byte 3: text is not UTF-8"));
}

TEST(WebSocketFrameDecoderTest, BinaryMayHoldAnything) {
  EXPECT_THAT(Decode(Frame({.opcode = WebSocketOpcode::kBinary}, "\xff\xfe")),
              ElementsAre("binary \xff\xfe"));
}

TEST(WebSocketFrameDecoderTest, RepeatsItsError) {
  WebSocketFrameDecoder decoder({});
  std::string input = Frame(kLast) + Text("never seen");
  decoder.Feed(input.data(), input.size());
  const std::string first = Describe(decoder.Next());
  EXPECT_THAT(first, HasSubstr("no message to continue"));
  EXPECT_EQ(Describe(decoder.Next()), first);
  decoder.Feed(input.data(), input.size());
  EXPECT_EQ(Describe(decoder.Next()), first);
}

// The limit on messages.
TEST(WebSocketFrameDecoderTest, RejectsMessagesOverTheLimit) {
  const WebSocketDecoderOptions options = {.max_message_size = 10};
  EXPECT_THAT(Decode(Text("0123456789"), options), ElementsAre("text 0123456789"));
  EXPECT_THAT(Decode(Text("0123456789a"), options),
              ElementsAre("error 1009 text frame at byte 0: message of 11 bytes exceeds the limit "
                          "of 10"));
}

TEST(WebSocketFrameDecoderTest, LimitHoldsForAllFragmentsTogether) {
  const WebSocketDecoderOptions options = {.max_message_size = 10};
  EXPECT_THAT(Decode(Frame(kFirst, "01234") + Frame(kLast, "56789"), options),
              ElementsAre("text 0123456789"));
  EXPECT_THAT(Decode(Frame(kFirst, "01234") + Frame(kMiddle, "56789a"), options),
              ElementsAre("error 1009 continuation frame at byte 7: message of 11 or more bytes "
                          "exceeds the limit of 10"));
}

TEST(WebSocketFrameDecoderTest, FragmentsMayHaveALimitOfTheirOwn) {
  const WebSocketDecoderOptions options = {.max_message_size = 5,
                                           .max_fragmented_message_size = 10};
  EXPECT_THAT(Decode(Frame(kFirst, "01234") + Frame(kLast, "56789"), options),
              ElementsAre("text 0123456789"));
  EXPECT_THAT(Decode(Frame(kFirst, "01234") + Frame(kMiddle, "56789") + Frame(kLast, "a"), options),
              ElementsAre("error 1009 continuation frame at byte 14: message of 11 bytes exceeds "
                          "the limit of 10"));
  EXPECT_THAT(Decode(Frame(kFirst, "012345"), options),
              ElementsAre("error 1009 text frame at byte 0: fragment of 6 bytes exceeds the limit "
                          "of 5"));
  EXPECT_THAT(Decode(Text("012345"), options),
              ElementsAre("error 1009 text frame at byte 0: message of 6 bytes exceeds the limit "
                          "of 5"));
}

TEST(WebSocketFrameDecoderTest, AMessageInOneFrameMayBeLargerThanAFragmentedOne) {
  const WebSocketDecoderOptions options = {.max_message_size = 10,
                                           .max_fragmented_message_size = 5};
  EXPECT_THAT(Decode(Text("0123456789"), options), ElementsAre("text 0123456789"));
  EXPECT_THAT(Decode(Frame(kFirst, "012") + Frame(kLast, "345"), options),
              ElementsAre("error 1009 continuation frame at byte 5: message of 6 bytes exceeds the "
                          "limit of 5"));
}

TEST(WebSocketFrameDecoderTest, LimitIsCheckedBeforeThePayloadComes) {
  EXPECT_THAT(Decode(std::string("\x82\x7f\x00\x00\x00\xff\x00\x00\x00\x00", 10)),
              ElementsAre(HasSubstr("error 1009 binary frame at byte 0: message of 1095216660480 "
                                    "bytes exceeds the limit of 67108864")));
}

TEST(WebSocketFrameDecoderTest, ControlFramesAreNoPartOfTheMessage) {
  EXPECT_THAT(Decode(Frame(kFirst, "01234") + Frame(kPing, "0123456789abc") + Frame(kLast, "56789"),
                     {.max_message_size = 10}),
              ElementsAre("ping 0123456789abc", "text 0123456789"));
}

// Everything a stream may hold, once unmasked and once masked.
std::string Everything(std::optional<MaskingKey> key) {
  std::string all;
  const auto add = [&](WebSocketHeader header, std::string_view payload) {
    header.masking_key = key;
    AppendFrame(all, header, payload);
  };
  add({.opcode = WebSocketOpcode::kText}, "short");
  add({.opcode = WebSocketOpcode::kText}, "");
  add({.opcode = WebSocketOpcode::kBinary}, std::string(130, 'm'));
  add(kFirst, "漢");
  add(kPing, "between");
  add(kMiddle, "");
  add(kLast, "字");
  add(kPong, "");
  add({.opcode = WebSocketOpcode::kBinary}, "\xff");
  add({.opcode = WebSocketOpcode::kClose}, "\x03\xe8 good bye");
  return all;
}

void ExpectSameEventsAtEverySplit(const std::string& input,
                                  const WebSocketDecoderOptions& options) {
  const std::vector<std::string> expected = Decode(input, options);
  ASSERT_FALSE(expected.empty());
  for (std::size_t cut = 0; cut <= input.size(); ++cut) {
    WebSocketFrameDecoder decoder(options);
    std::vector<std::string> events;
    FeedPiece(decoder, std::string_view(input).substr(0, cut), events);
    FeedPiece(decoder, std::string_view(input).substr(cut), events);
    // A decoder that has failed before the cut repeats its error behind it.
    if (events.size() > expected.size()) events.pop_back();
    ASSERT_EQ(events, expected) << "cut at " << cut;
  }
}

void ExpectSameEventsByteByByte(const std::string& input, const WebSocketDecoderOptions& options) {
  WebSocketFrameDecoder decoder(options);
  std::vector<std::string> events;
  for (const char& byte : input) FeedPiece(decoder, {&byte, 1}, events);
  EXPECT_EQ(events, Decode(input, options));
}

TEST(WebSocketFrameDecoderTest, SplitsDoNotMatterToAClient) {
  const WebSocketDecoderOptions options = {.role = WebSocketRole::kClient};
  ExpectSameEventsAtEverySplit(Everything(std::nullopt), options);
  ExpectSameEventsByteByByte(Everything(std::nullopt), options);
}

TEST(WebSocketFrameDecoderTest, SplitsDoNotMatterToAServer) {
  const WebSocketDecoderOptions options = {.role = WebSocketRole::kServer};
  ExpectSameEventsAtEverySplit(Everything(kKey), options);
  ExpectSameEventsByteByByte(Everything(kKey), options);
  EXPECT_EQ(Decode(Everything(kKey), options), Decode(Everything(std::nullopt)));
}

TEST(WebSocketFrameDecoderTest, SplitsDoNotMatterToErrors) {
  ExpectSameEventsAtEverySplit(Text("ok") + Frame(kFirst, "\xe6") + Frame(kLast, "x"), {});
  ExpectSameEventsAtEverySplit(Text("ok") + Close("\x03\xec"), {});
  ExpectSameEventsAtEverySplit(Text("ok") + Frame(kPing, std::string(126, 'x')), {});
}

// Random conversations. A conversation is random messages, cut into random fragments with control
// frames between them, and arrives in random pieces.
class Conversation {
 public:
  Conversation(unsigned seed, std::optional<MaskingKey> key) : random_(seed), key_(key) {
    for (int i = 0; i < 20; ++i) AddMessage();
  }

  const std::string& bytes() const { return bytes_; }
  const std::vector<std::string>& events() const { return events_; }
  std::size_t Below(std::size_t bound) { return random_() % bound; }

 private:
  std::string RandomPayload() {
    constexpr std::size_t kSizes[] = {0, 1, 5, 125, 126, 127, 300, 65535, 65536, 70000};
    std::string payload(kSizes[Below(std::size(kSizes))], 'x');
    for (char& c : payload) c = static_cast<char>('a' + Below(26));
    return payload;
  }

  void AddMessage() {
    const std::string payload = RandomPayload();
    const bool is_text = Below(2) == 0;
    WebSocketHeader header = {.opcode = is_text ? WebSocketOpcode::kText : WebSocketOpcode::kBinary,
                              .masking_key = key_};
    std::string_view rest = payload;
    for (std::size_t fragments = 1 + Below(4); fragments > 0; --fragments) {
      const std::size_t size = fragments == 1 ? rest.size() : Below(rest.size() + 1);
      header.fin = fragments == 1;
      AppendFrame(bytes_, header, rest.substr(0, size));
      if (header.fin) events_.push_back(absl::StrCat(is_text ? "text " : "binary ", payload));
      header.opcode = WebSocketOpcode::kContinuation;
      rest.remove_prefix(size);
      if (Below(4) == 0) AddPing();
    }
  }

  void AddPing() {
    const std::string payload(Below(126), 'c');
    AppendFrame(bytes_, {.opcode = WebSocketOpcode::kPing, .masking_key = key_}, payload);
    events_.push_back("ping " + payload);
  }

  std::mt19937 random_;
  std::optional<MaskingKey> key_;
  std::string bytes_;
  std::vector<std::string> events_;
};

void ExpectRandomConversation(unsigned seed, WebSocketRole reader) {
  const bool is_masked = reader == WebSocketRole::kServer;
  Conversation conversation(seed, is_masked ? std::optional(kKey) : std::nullopt);
  WebSocketFrameDecoder decoder({.role = reader});
  std::vector<std::string> events;
  std::string_view rest = conversation.bytes();
  while (!rest.empty()) {
    const std::size_t limit = conversation.Below(2) == 0 ? 20 : 100'000;
    const std::size_t size = std::min(rest.size(), conversation.Below(limit) + 1);
    FeedPiece(decoder, rest.substr(0, size), events);
    rest.remove_prefix(size);
  }
  // EXPECT_EQ would print megabytes.
  EXPECT_TRUE(events == conversation.events()) << "seed " << seed;
  EXPECT_TRUE(decoder.is_idle()) << "seed " << seed;
}

TEST(WebSocketFrameDecoderTest, ReadsRandomConversationsInRandomPieces) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    ExpectRandomConversation(seed, WebSocketRole::kClient);
    ExpectRandomConversation(seed, WebSocketRole::kServer);
  }
}

}  // namespace
}  // namespace phx::wire
