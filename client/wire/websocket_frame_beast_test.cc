// The frame codec against Boost.Beast's WebSocket stream, an implementation that shares nothing
// with it: random messages in both directions, in both roles.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/beast/_experimental/test/stream.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/websocket/error.hpp"
#include "boost/beast/websocket/stream.hpp"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "client/wire/masking_key_source.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "client/wire/websocket_handshake.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

// A connection in memory with Beast at its other end, driven by hand.
class BeastPeer {
 public:
  // `role` is Beast's.
  explicit BeastPeer(WebSocketRole role)
      : role_(role), beast_(io_), wire_(io_), decoder_({.role = OtherRole()}) {
    beast_.next_layer().connect(wire_);
    beast_.set_option(beast::websocket::stream_base::decorator([](auto&) {}));
    beast_.auto_fragment(true);
    beast_.write_buffer_bytes(100);  // so that it cuts longer messages into fragments
    beast_.read_message_max(std::size_t{10} << 20);
    role == WebSocketRole::kServer ? AcceptUs() : ConnectToUs();
  }

  bool is_open() const { return beast_.is_open(); }

  // Sends `bytes` to Beast and returns the messages that it has read.
  std::vector<Frame> Read(std::string_view bytes) {
    SendToBeast(bytes);
    return std::exchange(read_, {});
  }

  // Lets Beast send a message and returns the events in the bytes that came.
  std::vector<Frame> Write(const Frame& message) {
    beast_.text(message.type == FrameType::kText);
    bool is_written = false;
    beast_.async_write(boost::asio::buffer(message.data),
                       [&](error_code error, std::size_t) { is_written = !error; });
    Run();
    EXPECT_TRUE(is_written);
    return TakeEvents();
  }

  void Ping(const std::string& payload) {
    beast_.async_ping(beast::websocket::ping_data(payload),
                      [](error_code error) { EXPECT_FALSE(error) << error.message(); });
    Run();
  }

  void Close(beast::websocket::close_code code, const std::string& reason) {
    beast_.async_close(beast::websocket::close_reason(code, reason), [](error_code) {});
    Run();
  }

  // Messages in what Beast has sent. Pings and pongs are kept as frames of type binary whose text
  // begins with their name.
  std::vector<Frame> TakeEvents() {
    std::string bytes(wire_.str());
    wire_.clear();
    decoder_.Feed(bytes.data(), bytes.size());
    std::vector<Frame> events;
    for (;;) {
      const WebSocketEvent event = decoder_.Next();
      const std::string data(event.data);
      switch (event.kind) {
        case WebSocketEvent::Kind::kNeedInput: return events;
        case WebSocketEvent::Kind::kMessage: events.push_back({event.type, data}); break;
        case WebSocketEvent::Kind::kPing:
          events.push_back({FrameType::kBinary, "ping " + data});
          break;
        case WebSocketEvent::Kind::kPong:
          events.push_back({FrameType::kBinary, "pong " + data});
          break;
        case WebSocketEvent::Kind::kClose:
          events.push_back(
              {FrameType::kBinary, absl::StrCat("close ", event.close_code, " ", data)});
          break;
        case WebSocketEvent::Kind::kError: ADD_FAILURE() << data; return events;
      }
    }
  }

  // Why Beast stopped reading.
  error_code read_error() const { return read_error_; }
  std::uint16_t close_code() const { return beast_.reason().code; }
  std::string close_reason() const {
    return std::string(beast_.reason().reason.data(), beast_.reason().reason.size());
  }

  // A key if we are the client.
  std::optional<MaskingKey> Key() const {
    if (OtherRole() == WebSocketRole::kServer) return std::nullopt;
    return NextMaskingKey();
  }

 private:
  WebSocketRole OtherRole() const {
    return role_ == WebSocketRole::kServer ? WebSocketRole::kClient : WebSocketRole::kServer;
  }

  void SendToBeast(std::string_view bytes) {
    wire_.write_some(boost::asio::buffer(bytes));
    Run();
  }

  void Run() {
    io_.restart();
    io_.poll();
  }

  void AcceptUs() {
    const std::string key = NewWebSocketKey();
    beast_.async_accept([this](error_code error) { OnOpen(error); });
    SendToBeast(
        absl::StrCat("GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                     "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: ",
                     key, "\r\n\r\n"));
    EXPECT_NE(wire_.str().find(WebSocketAccept(key)), beast::string_view::npos) << wire_.str();
    wire_.clear();
  }

  void ConnectToUs() {
    beast_.async_handshake("h", "/", [this](error_code error) { OnOpen(error); });
    Run();
    const std::string request(wire_.str());
    wire_.clear();
    const std::string name = "Sec-WebSocket-Key: ";
    const std::string key = request.substr(request.find(name) + name.size(), 24);
    SendToBeast(
        absl::StrCat("HTTP/1.1 101 Switching Protocols\r\n"
                     "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: ",
                     WebSocketAccept(key), "\r\n\r\n"));
  }

  void OnOpen(error_code error) {
    ASSERT_FALSE(error) << error.message();
    ReadOn();
  }

  void ReadOn() {
    beast_.async_read(buffer_, [this](error_code error, std::size_t) {
      read_error_ = error;
      if (error) return;
      const auto data = buffer_.data();
      read_.push_back({beast_.got_text() ? FrameType::kText : FrameType::kBinary,
                       std::string(static_cast<const char*>(data.data()), data.size())});
      buffer_.consume(data.size());
      ReadOn();
    });
  }

  const WebSocketRole role_;
  boost::asio::io_context io_;
  beast::websocket::stream<beast::test::stream> beast_;
  beast::test::stream wire_;
  WebSocketFrameDecoder decoder_;
  beast::flat_buffer buffer_;
  std::vector<Frame> read_;
  error_code read_error_;
};

std::vector<Frame> RandomMessages(unsigned seed) {
  std::mt19937 random(seed);
  constexpr std::size_t kSizes[] = {0, 1, 64, 125, 126, 127, 1000, 65535, 65536, 100'000};
  std::vector<Frame> messages;
  for (int i = 0; i < 40; ++i) {
    Frame message{random() % 2 == 0 ? FrameType::kText : FrameType::kBinary,
                  std::string(kSizes[random() % std::size(kSizes)], 'x')};
    for (char& c : message.data) {
      c = static_cast<char>(message.type == FrameType::kText ? 'a' + random() % 26 : random());
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

class WebSocketFrameBeastTest : public ::testing::TestWithParam<WebSocketRole> {};

TEST_P(WebSocketFrameBeastTest, BeastReadsOurMessages) {
  BeastPeer peer(GetParam());
  ASSERT_TRUE(peer.is_open());
  for (const Frame& message : RandomMessages(1)) {
    std::string bytes;
    AppendMessage(bytes, message.view(), peer.Key());
    EXPECT_TRUE(peer.Read(bytes) == std::vector<Frame>{message}) << message.data.size();
  }
}

TEST_P(WebSocketFrameBeastTest, BeastReadsOurFragments) {
  BeastPeer peer(GetParam());
  for (const Frame& message : RandomMessages(2)) {
    const std::size_t half = message.data.size() / 2;
    std::string bytes;
    AppendFrame(bytes,
                {.opcode = message.type == FrameType::kText ? WebSocketOpcode::kText
                                                            : WebSocketOpcode::kBinary,
                 .fin = false,
                 .masking_key = peer.Key()},
                std::string_view(message.data).substr(0, half));
    AppendPing(bytes, "between", peer.Key());
    AppendFrame(bytes, {.opcode = WebSocketOpcode::kContinuation, .masking_key = peer.Key()},
                std::string_view(message.data).substr(half));
    EXPECT_TRUE(peer.Read(bytes) == std::vector<Frame>{message}) << message.data.size();
    EXPECT_TRUE(peer.TakeEvents() == (std::vector<Frame>{{FrameType::kBinary, "pong between"}}));
  }
}

TEST_P(WebSocketFrameBeastTest, WeReadBeastsMessagesAndFragments) {
  BeastPeer peer(GetParam());
  for (const Frame& message : RandomMessages(3)) {
    EXPECT_TRUE(peer.Write(message) == std::vector<Frame>{message}) << message.data.size();
  }
}

TEST_P(WebSocketFrameBeastTest, PingsAreUnderstoodInBothDirections) {
  BeastPeer peer(GetParam());
  std::string bytes;
  AppendPing(bytes, "to Beast", peer.Key());
  peer.Read(bytes);
  EXPECT_TRUE(peer.TakeEvents() == (std::vector<Frame>{{FrameType::kBinary, "pong to Beast"}}));
  peer.Ping("from Beast");
  EXPECT_TRUE(peer.TakeEvents() == (std::vector<Frame>{{FrameType::kBinary, "ping from Beast"}}));
}

TEST_P(WebSocketFrameBeastTest, BeastUnderstandsOurClose) {
  BeastPeer peer(GetParam());
  std::string bytes;
  AppendClose(bytes, {4321, "ünd tschüß"}, peer.Key());
  peer.Read(bytes);
  EXPECT_EQ(peer.read_error(), beast::websocket::error::closed) << peer.read_error().message();
  EXPECT_EQ(peer.close_code(), 4321);
  EXPECT_EQ(peer.close_reason(), "ünd tschüß");
  EXPECT_TRUE(peer.TakeEvents() == (std::vector<Frame>{{FrameType::kBinary, "close 4321 "}}));
}

TEST_P(WebSocketFrameBeastTest, WeUnderstandBeastsClose) {
  BeastPeer peer(GetParam());
  peer.Close(beast::websocket::close_code::going_away, "going");
  EXPECT_TRUE(peer.TakeEvents() == (std::vector<Frame>{{FrameType::kBinary, "close 1001 going"}}));
}

INSTANTIATE_TEST_SUITE_P(BothRoles, WebSocketFrameBeastTest,
                         ::testing::Values(WebSocketRole::kServer, WebSocketRole::kClient),
                         [](const auto& test) {
                           return test.param == WebSocketRole::kServer ? "BeastIsTheServer"
                                                                       : "BeastIsTheClient";
                         });

}  // namespace
}  // namespace phx::wire
