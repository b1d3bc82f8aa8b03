#include "mockserver/websocket_core.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "client/transport/message_deflate.h"
#include "client/wire/masking.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "gtest/gtest.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/ready_set.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using wire::WebSocketOpcode;

constexpr milliseconds kCloseTimeout{500};
constexpr wire::MaskingKey kKey = {1, 2, 3, 4};
constexpr Flavor kCowboy = {.adapter = Adapter::kCowboy};

std::string Text(std::string_view text) {
  std::string out;
  wire::AppendMessage(out, {wire::FrameType::kText, text}, kKey);
  return out;
}

std::string Control(WebSocketOpcode opcode, std::string_view payload) {
  std::string out;
  wire::AppendFrame(out, {.opcode = opcode, .masking_key = kKey}, payload);
  return out;
}

std::string Close(std::uint16_t code) {
  return Control(WebSocketOpcode::kClose,
                 std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

// An unmasked frame, as the server sends it.
std::string Sent(WebSocketOpcode opcode, std::string_view payload) {
  std::string out;
  wire::AppendFrame(out, {.opcode = opcode}, payload);
  return out;
}
std::string SentClose(std::uint16_t code) {
  return Sent(WebSocketOpcode::kClose,
              std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)});
}

const std::string kHeartbeat = R"([null,"1","phoenix","heartbeat",{}])";
const std::string kBeat = R"([null,"1","phoenix","phx_reply",{"response":{},"status":"ok"}])";

class WebSocketCoreTest : public ::testing::Test, public SessionHost {
 protected:
  void Open(UserSocket socket = ReadySet().front(), Faults faults = {}, Flavor flavor = {}) {
    socket_ = std::move(socket);
    SessionOptions options;
    options.flavor = flavor;
    options.socket = &socket_;
    options.connection = 1;
    options.assigns = {{"sid", nullptr}};
    options.faults = std::make_shared<const Faults>(std::move(faults));
    core_ = std::make_unique<WebSocketCore>(std::move(options), now_, kCloseTimeout, shard_, *this);
  }

  // One read of `bytes`; returns what is written.
  std::string Receive(std::string bytes) {
    core_->OnBytes(now_, bytes.data(), bytes.size());
    return Finish();
  }
  std::string Finish() {
    shard_.FinishTurn(now_);
    std::string out;
    core_->Flush(now_, out);
    return out;
  }
  std::string Advance(std::chrono::nanoseconds time) {
    now_ += time;
    const std::optional<TimePoint> deadline = core_->NextDeadline();
    if (deadline.has_value() && *deadline <= now_) core_->OnDeadline(now_);
    return Finish();
  }

  void OnChange() override {}
  std::weak_ptr<SessionPort> port() override { return {}; }

  UserSocket socket_;
  Shard shard_;
  TimePoint now_{seconds(1000)};
  std::unique_ptr<WebSocketCore> core_;
};

using Ending = WebSocketCore::Ending;

TEST_F(WebSocketCoreTest, AnswersMessagesInOneWrite) {
  Open();
  EXPECT_EQ(Receive(Text(kHeartbeat) + Text(kHeartbeat)),
            Sent(WebSocketOpcode::kText, kBeat) + Sent(WebSocketOpcode::kText, kBeat));
}

TEST_F(WebSocketCoreTest, UnderstandsBytesHoweverTheyAreCut) {
  Open();
  const std::string bytes =
      Text(kHeartbeat) + Control(WebSocketOpcode::kPing, "p") + Text(kHeartbeat);
  std::string out;
  for (const char byte : bytes) out += Receive(std::string(1, byte));
  EXPECT_EQ(out, Sent(WebSocketOpcode::kText, kBeat) + Sent(WebSocketOpcode::kPong, "p") +
                     Sent(WebSocketOpcode::kText, kBeat));
}

TEST_F(WebSocketCoreTest, KeepsFragmentedMessagesUntilTheirChannelHasHandledThem) {
  Open();
  Receive(Text(R"(["1","1","room:1","phx_join",{}])"));
  std::string bytes;
  for (const char* ref : {"2", "3"}) {
    const std::string message =
        std::string(R"(["1",")") + ref + R"(","room:1","echo",{"r":)" + ref + "}]";
    wire::AppendFrame(bytes, {.opcode = WebSocketOpcode::kText, .fin = false, .masking_key = kKey},
                      message.substr(0, 10));
    wire::AppendFrame(bytes, {.opcode = WebSocketOpcode::kContinuation, .masking_key = kKey},
                      message.substr(10));
  }
  EXPECT_EQ(Receive(bytes),
            Sent(WebSocketOpcode::kText,
                 R"(["1","2","room:1","phx_reply",{"response":{"r":2},"status":"ok"}])") +
                Sent(WebSocketOpcode::kText,
                     R"(["1","3","room:1","phx_reply",{"response":{"r":3},"status":"ok"}])"));
}

TEST_F(WebSocketCoreTest, AnswersClosesAsBandit) {
  const std::pair<std::uint16_t, std::uint16_t> codes[] = {
      {1000, 1000}, {1001, 1000}, {3000, 1000}, {4999, 1000}, {1011, 1000}, {1012, 1002},
      {1004, 1002}, {1005, 1002}, {999, 1002},  {5000, 1000}, {65535, 1000}};
  for (const auto& [sent, answered] : codes) {
    Open();
    EXPECT_EQ(Receive(Close(sent)), SentClose(answered)) << sent;
    EXPECT_EQ(core_->ending(), Ending::kFinish);
  }
  Open();
  EXPECT_EQ(Receive(Control(WebSocketOpcode::kClose, "")), SentClose(1000));
}

TEST_F(WebSocketCoreTest, AnswersClosesAsCowboy) {
  const std::pair<std::uint16_t, std::uint16_t> codes[] = {
      {1000, 1000}, {1001, 1001}, {4999, 4999}, {1012, 1002}, {1005, 1002}, {5000, 1002}};
  for (const auto& [sent, answered] : codes) {
    Open(ReadySet().front(), {}, kCowboy);
    EXPECT_EQ(Receive(Close(sent)), SentClose(answered)) << sent;
  }
  Open(ReadySet().front(), {}, kCowboy);
  EXPECT_EQ(Receive(Control(WebSocketOpcode::kClose, "")), Sent(WebSocketOpcode::kClose, ""));
}

TEST_F(WebSocketCoreTest, ClosesOnWhatBreaksTheProtocol) {
  std::string unmasked;
  wire::AppendMessage(unmasked, {wire::FrameType::kText, kHeartbeat}, std::nullopt);
  std::string reserved;
  wire::AppendFrame(reserved, {.opcode = WebSocketOpcode::kText, .rsv = 4, .masking_key = kKey},
                    "x");
  const std::pair<std::string, std::uint16_t> cases[] = {
      {unmasked, 1002}, {reserved, 1002}, {Text("\xFF"), 1007}, {Text("{bad"), 1011}};
  for (const auto& [bytes, code] : cases) {
    Open();
    EXPECT_EQ(Receive(bytes), SentClose(code));
  }
}

TEST_F(WebSocketCoreTest, RefusesFramesOverTheLimitTheirHeaderIncluded) {
  UserSocket socket = ReadySet().front();
  socket.max_frame_size = 65536;
  const auto frame_of = [](std::size_t size) {
    return Text(std::string(size - kHeartbeat.size(), ' ') + kHeartbeat);
  };
  Open(socket);
  EXPECT_EQ(Receive(frame_of(65536 - 8)), Sent(WebSocketOpcode::kText, kBeat));
  Open(socket);
  EXPECT_EQ(Receive(frame_of(65536)), SentClose(1009));
}

// A heartbeat of `size` bytes in two fragments.
std::string Fragments(std::size_t size) {
  const std::string message = std::string(size - kHeartbeat.size(), ' ') + kHeartbeat;
  std::string out;
  wire::AppendFrame(out, {.opcode = WebSocketOpcode::kText, .fin = false, .masking_key = kKey},
                    message.substr(0, size / 2));
  wire::AppendFrame(out, {.opcode = WebSocketOpcode::kContinuation, .masking_key = kKey},
                    message.substr(size / 2));
  return out;
}

TEST_F(WebSocketCoreTest, BanditLimitsFragmentsOneByOneAndTogetherTo8Mb) {
  UserSocket socket = ReadySet().front();
  socket.max_frame_size = 1000;
  Open(socket);
  EXPECT_EQ(Receive(Fragments(1500)), Sent(WebSocketOpcode::kText, kBeat));
  Open(socket);
  EXPECT_EQ(Receive(Fragments(2 * 1000)), SentClose(1009));
  Open();
  EXPECT_EQ(Receive(Fragments(8'000'000)), Sent(WebSocketOpcode::kText, kBeat));
  Open();
  EXPECT_EQ(Receive(Fragments(8'000'001)), SentClose(1009));
}

TEST_F(WebSocketCoreTest, CowboyLimitsAMessageHoweverManyItsFragments) {
  UserSocket socket = ReadySet().front();
  socket.max_frame_size = 1000;
  Open(socket, {}, kCowboy);
  EXPECT_EQ(Receive(Fragments(1000)), Sent(WebSocketOpcode::kText, kBeat));
  Open(socket, {}, kCowboy);
  EXPECT_EQ(Receive(Fragments(1001)), SentClose(1009));
}

TEST_F(WebSocketCoreTest, ClosesWith1002WhenNothingComesForTheTimeout) {
  Open();
  EXPECT_EQ(core_->NextDeadline(), now_ + seconds(60));
  EXPECT_EQ(Advance(seconds(59)), "");
  EXPECT_EQ(Receive(Control(WebSocketOpcode::kPing, "")), Sent(WebSocketOpcode::kPong, ""));
  EXPECT_EQ(Advance(seconds(59)), "");
  EXPECT_EQ(Advance(seconds(1)), SentClose(1002));
  EXPECT_EQ(core_->ending(), Ending::kOpen);
  EXPECT_EQ(Receive(Close(1002)), "");
  EXPECT_EQ(core_->ending(), Ending::kFinish);
}

TEST_F(WebSocketCoreTest, NeverClosesForIdlenessIfTheTimeoutIsZero) {
  UserSocket socket = ReadySet().front();
  socket.timeout = milliseconds(0);
  Open(socket);
  EXPECT_EQ(core_->NextDeadline(), std::nullopt);
}

TEST_F(WebSocketCoreTest, AbandonsAPeerThatDoesNotAnswerItsClose) {
  Open();
  core_->Close({4000, "bye"});
  EXPECT_EQ(Finish(), Sent(WebSocketOpcode::kClose,
                           "\x0F\xA0"
                           "bye"));
  EXPECT_EQ(core_->NextDeadline(), now_ + kCloseTimeout);
  EXPECT_EQ(core_->ending(), Ending::kOpen);
  EXPECT_EQ(Receive(Text(kHeartbeat)), "");  // nothing is answered any more
  EXPECT_EQ(Advance(kCloseTimeout), "");
  EXPECT_EQ(core_->ending(), Ending::kDrop);
}

TEST_F(WebSocketCoreTest, EndsItsChannelsWhenItCloses) {
  Open();
  Receive(Text(R"(["1","1","room:1","phx_join",{}])"));
  EXPECT_TRUE(core_->session().has_channels());
  core_->Shutdown(now_);
  EXPECT_EQ(Finish(), SentClose(1012));
  EXPECT_FALSE(core_->session().has_channels());
}

TEST_F(WebSocketCoreTest, ShutsDownWith1000WithoutChannels) {
  Open();
  core_->Shutdown(now_);
  EXPECT_EQ(Finish(), SentClose(1000));
}

TEST_F(WebSocketCoreTest, EndsWithThePeer) {
  Open();
  core_->OnEof(now_);
  EXPECT_EQ(core_->ending(), Ending::kDrop);
}

TEST_F(WebSocketCoreTest, SendsWhatATestAsksFor) {
  Open();
  core_->SendPing("p");
  core_->SendFrame({wire::FrameType::kText, "{bad"});
  core_->SendRaw("\xFF\xFF");
  core_->Close({1006, ""});
  EXPECT_EQ(Finish(), Sent(WebSocketOpcode::kPing, "p") + Sent(WebSocketOpcode::kText, "{bad") +
                          "\xFF\xFF" + Sent(WebSocketOpcode::kClose, ""));
  core_->SendPing("too late");
  EXPECT_EQ(Finish(), "");
}

TEST_F(WebSocketCoreTest, MayIgnoreThePeersClose) {
  Open(ReadySet().front(), {.ignore_close = true});
  EXPECT_EQ(Receive(Close(1000)), "");
  EXPECT_EQ(core_->ending(), Ending::kOpen);
  core_->SendPing("still here");
  EXPECT_EQ(Finish(), Sent(WebSocketOpcode::kPing, "still here"));
}

// Compression.

// A message that is compressed, as a client sends it.
std::string Compressed(MessageDeflater& deflater, std::string_view text) {
  std::string out;
  wire::AppendFrame(out, {.opcode = WebSocketOpcode::kText, .rsv = 4, .masking_key = kKey},
                    deflater.Deflate(text));
  return out;
}

class WebSocketCoreDeflateTest : public WebSocketCoreTest {
 protected:
  void Open(const DeflateTerms& terms = {}) {
    UserSocket socket = ReadySet().front();
    socket.max_frame_size = 1000;
    WebSocketCoreTest::Open(std::move(socket));
    core_->StartDeflate(terms);
  }

  // The messages in `sent`, which are all compressed.
  static std::vector<std::string> Inflated(MessageInflater& inflater, std::string sent) {
    wire::WebSocketFrameDecoder decoder({.allow_compressed = true});
    decoder.Feed(sent.data(), sent.size());
    std::vector<std::string> messages;
    for (;;) {
      const wire::WebSocketEvent event = decoder.Next();
      if (event.kind != wire::WebSocketEvent::Kind::kMessage) return messages;
      EXPECT_TRUE(event.compressed);
      EXPECT_TRUE(inflater.Inflate(event.data).ok());
      messages.emplace_back(inflater.message());
    }
  }

  MessageDeflater deflater_{{}};
  MessageInflater inflater_{{.max_size = 10000}};
};

TEST_F(WebSocketCoreDeflateTest, UnderstandsAndSendsCompressedMessages) {
  Open();
  std::string bytes = Compressed(deflater_, kHeartbeat);
  bytes += Text(kHeartbeat);
  bytes += Compressed(deflater_, kHeartbeat);
  const std::string sent = Receive(bytes);
  EXPECT_EQ(Inflated(inflater_, sent), std::vector<std::string>({kBeat, kBeat, kBeat}));
}

TEST_F(WebSocketCoreDeflateTest, TakesItsContextOverUnlessAskedNotTo) {
  Open();
  const std::size_t first = Receive(Text(kHeartbeat)).size();
  EXPECT_LT(Receive(Text(kHeartbeat)).size(), first / 2);
  Open({.server_no_context_takeover = true});
  EXPECT_EQ(Receive(Text(kHeartbeat)).size(), first);
  EXPECT_EQ(Receive(Text(kHeartbeat)).size(), first);
}

TEST_F(WebSocketCoreDeflateTest, CompressesBroadcastsForEachMember) {
  Open();
  Inflated(inflater_, Receive(Text(R"(["1","1","room:1","phx_join",{}])")));
  const std::string sent = Receive(Text(R"(["1","2","room:1","shout",{"a":1}])"));
  EXPECT_EQ(Inflated(inflater_, sent),
            std::vector<std::string>({R"([null,null,"room:1","shouted",{"a":1}])"}));
}

TEST_F(WebSocketCoreDeflateTest, RefusesWhatCannotBeDecompressed) {
  Open();
  std::string broken;
  wire::AppendFrame(broken, {.opcode = WebSocketOpcode::kText, .rsv = 4, .masking_key = kKey},
                    "\xff\xff\xff");
  EXPECT_EQ(Receive(broken), SentClose(1007));
  Open();
  EXPECT_EQ(Receive(Compressed(deflater_, "\xff is not UTF-8")), SentClose(1007));
}

TEST_F(WebSocketCoreDeflateTest, LimitsWhatAMessageIsDecompressedTo) {
  Open();
  const std::string bomb = Compressed(deflater_, std::string(100'000, ' '));
  ASSERT_LT(bomb.size(), 500U);
  EXPECT_EQ(Receive(bomb), SentClose(1009));
}

TEST_F(WebSocketCoreTest, ACompressedMessageThatWasNotAgreedOnIsAnError) {
  Open();
  MessageDeflater deflater({});
  EXPECT_EQ(Receive(Compressed(deflater, kHeartbeat)), SentClose(1002));
}

}  // namespace
}  // namespace phx::mock
