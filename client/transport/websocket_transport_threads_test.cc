// Many transports, each on its strand, in an event loop of several threads: what they share (the
// factory with its TLS context, the buffers of the threads) is safe to share. Of most use under
// ThreadSanitizer.
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/strand.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/handshake.h"
#include "client/net/io_result.h"
#include "client/net/output_buffer.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_peer.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"

namespace phx {
namespace {

using boost::asio::awaitable;
using boost::asio::ip::tcp;

constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);
constexpr int kThreads = 3;
constexpr int kConnections = 24;
constexpr std::size_t kMessages = 200;
constexpr std::chrono::seconds kPatience{60};

// Echoes, on a thread of its own, until as many connections as there are clients have ended.
class EchoServer {
 public:
  explicit EchoServer(std::optional<net::TlsContext> tls)
      : tls_(std::move(tls)), acceptor_(io_, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    boost::asio::co_spawn(io_, AcceptAll(), boost::asio::detached);
    thread_ = std::thread([this] { io_.run_for(kPatience); });
  }
  ~EchoServer() { thread_.join(); }

  std::string url() const {
    return absl::StrCat(tls_ ? "wss" : "ws", "://127.0.0.1:", acceptor_.local_endpoint().port());
  }

 private:
  awaitable<void> AcceptAll() {
    for (int i = 0; i < kConnections; ++i) {
      auto [error, socket] = co_await acceptor_.async_accept(kToken);
      EXPECT_FALSE(error);
      boost::asio::co_spawn(io_, Serve(net::Stream(std::move(socket))), boost::asio::detached);
    }
  }

  awaitable<void> Serve(net::Stream stream) {
    if (tls_) {
      EXPECT_TRUE(stream.StartTls(*tls_).ok());
      EXPECT_TRUE((co_await net::Handshake(stream)).ok());
    }
    std::string request;
    while (request.find("\r\n\r\n") == std::string::npos) request += co_await Read(stream);
    co_await Write(stream, test::WebSocketPeer::AnswerTo(request));
    wire::WebSocketFrameDecoder decoder({.role = wire::WebSocketRole::kServer});
    for (;;) {
      std::string input = co_await Read(stream);
      if (input.empty()) break;
      decoder.Feed(input.data(), input.size());
      co_await Write(stream, Answers(decoder));
    }
  }

  static std::string Answers(wire::WebSocketFrameDecoder& decoder) {
    std::string out;
    for (;;) {
      const wire::WebSocketEvent event = decoder.Next();
      if (event.kind == wire::WebSocketEvent::Kind::kMessage) {
        wire::AppendMessage(out, event.message(), std::nullopt);
      } else if (event.kind == wire::WebSocketEvent::Kind::kClose) {
        wire::AppendClose(out, {event.close_code, ""}, std::nullopt);
      } else {
        return out;
      }
    }
  }

  // Some bytes; none at the end.
  static awaitable<std::string> Read(net::Stream& stream) {
    for (;;) {
      net::IoResult result;
      {
        net::SharedReadBuffer buffer;
        result = stream.TryRead(buffer.bytes());
        if (!result.would_block()) {
          co_return std::string(buffer.bytes().data(), result.bytes);
        }
      }
      co_await stream.AsyncWaitReadable(kToken);
    }
  }

  static awaitable<void> Write(net::Stream& stream, std::string bytes) {
    net::OutputBuffer out;
    out.bytes().append(bytes);
    while (out.Write(stream).would_block()) co_await stream.AsyncWaitWritable(kToken);
  }

  boost::asio::io_context io_{1};
  std::optional<net::TlsContext> tls_;
  tcp::acceptor acceptor_;
  std::thread thread_;
};

// Sends its messages, counts them as they come back in their order, and closes.
class Talker : public TransportHandler {
 public:
  Talker(boost::asio::io_context& io, const TransportFactory& factory, const std::string& url)
      : transport_(factory(boost::asio::make_strand(io), *this)) {
    transport_->Open({.url = url});
  }

  bool is_done() const { return is_clean_ && received_ == kMessages; }

  void OnTransportStage(ConnectStage, std::string_view) override {}
  void OnTransportOpen(OpenInfo) override {
    for (std::size_t i = 0; i < kMessages; ++i) transport_->Send({wire::FrameType::kText, Text(i)});
    transport_->Flush();
  }
  void OnTransportFrame(wire::FrameView frame) override {
    EXPECT_TRUE(frame.data == Text(received_));
    if (++received_ == kMessages) transport_->Close({});
  }
  void OnTransportClosed(TransportClosed closed) override {
    EXPECT_TRUE(closed.status.ok()) << closed.status;
    is_clean_ = closed.was_clean;
  }

 private:
  static std::string Text(std::size_t i) {
    return absl::StrCat("message ", i, std::string(i * 37 % 3000, '.'));
  }

  std::shared_ptr<Transport> transport_;
  std::size_t received_ = 0;
  bool is_clean_ = false;
};

void TalkInManyThreads(std::optional<net::TlsContext> server_tls) {
  EchoServer server(std::move(server_tls));
  boost::asio::io_context io(kThreads);
  const TransportFactory factory =
      MakeWebSocketTransport({.tls = {.ca_pem = test::TlsCerts::Get().ca_pem()}});
  std::vector<std::unique_ptr<Talker>> talkers;
  talkers.reserve(kConnections);
  for (int i = 0; i < kConnections; ++i) {
    talkers.push_back(std::make_unique<Talker>(io, factory, server.url()));
  }
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&io] { io.run_for(kPatience); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& talker : talkers) EXPECT_TRUE(talker->is_done());
}

TEST(WebSocketTransportThreadsTest, PlainConnectionsTalkSideBySide) {
  TalkInManyThreads(std::nullopt);
}

TEST(WebSocketTransportThreadsTest, TlsConnectionsTalkSideBySide) {
  TalkInManyThreads(
      net::TlsContext::ForServer(test::TlsCerts::Get().server().server_options()).value());
}

}  // namespace
}  // namespace phx
