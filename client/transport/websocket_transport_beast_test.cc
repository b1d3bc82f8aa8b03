// The whole transport against Boost.Beast's WebSocket server, and Asio's TLS: implementations that
// share nothing with it but the sockets and OpenSSL.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/buffer.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/ssl/context.hpp"
#include "boost/asio/ssl/impl/src.hpp"  // Asio is compiled separately, its TLS here
#include "boost/asio/ssl/stream.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/beast/core/buffers_to_string.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/websocket/option.hpp"
#include "boost/beast/websocket/ssl.hpp"
#include "boost/beast/websocket/stream.hpp"
#include "client/net/io_runner.h"
#include "client/transport/deflate_options.h"
#include "client/transport/test_client.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"

namespace phx {
namespace {

namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using boost::asio::awaitable;
using boost::asio::ip::tcp;
using wire::Frame;
using wire::FrameType;

constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);

// Echoes what comes, in fragments, with a ping before each answer; closes with 1001 when told
// "close", otherwise when the client does.
template <typename NextLayer>
awaitable<void> Echo(websocket::stream<NextLayer> stream, websocket::close_reason& reason) {
  stream.auto_fragment(true);
  stream.write_buffer_bytes(1000);
  beast::flat_buffer buffer;
  while (std::get<0>(co_await stream.async_read(buffer, kToken)) == beast::error_code()) {
    if (beast::buffers_to_string(buffer.data()) == "close") {
      co_await stream.async_close({websocket::close_code::going_away, "as told"}, kToken);
      break;
    }
    co_await stream.async_ping("are you there?", kToken);
    stream.text(stream.got_text());
    co_await stream.async_write(buffer.data(), kToken);
    buffer.clear();
  }
  reason = stream.reason();
}

// The same with compression, if the client offers it.
awaitable<void> ServeDeflated(tcp::acceptor& acceptor, websocket::permessage_deflate how,
                              websocket::close_reason& reason) {
  websocket::stream<tcp::socket> stream(co_await acceptor.async_accept(boost::asio::use_awaitable));
  stream.set_option(how);
  co_await stream.async_accept(boost::asio::use_awaitable);
  co_await Echo(std::move(stream), reason);
}

awaitable<void> ServePlain(tcp::acceptor& acceptor, websocket::close_reason& reason) {
  websocket::stream<tcp::socket> stream(co_await acceptor.async_accept(boost::asio::use_awaitable));
  co_await stream.async_accept(boost::asio::use_awaitable);
  co_await Echo(std::move(stream), reason);
}

awaitable<void> ServeTls(tcp::acceptor& acceptor, boost::asio::ssl::context& context,
                         websocket::close_reason& reason) {
  websocket::stream<boost::asio::ssl::stream<tcp::socket>> stream(
      co_await acceptor.async_accept(boost::asio::use_awaitable), context);
  co_await stream.next_layer().async_handshake(boost::asio::ssl::stream_base::server,
                                               boost::asio::use_awaitable);
  co_await stream.async_accept(boost::asio::use_awaitable);
  co_await Echo(std::move(stream), reason);
}

std::vector<Frame> RandomMessages() {
  std::mt19937 random(7);
  constexpr std::size_t kSizes[] = {0, 1, 64, 125, 126, 127, 1000, 65535, 65536, 300'000};
  std::vector<Frame> messages;
  for (int i = 0; i < 60; ++i) {
    Frame message{random() % 2 == 0 ? FrameType::kText : FrameType::kBinary,
                  std::string(kSizes[random() % std::size(kSizes)], 'x')};
    for (char& c : message.data) {
      c = static_cast<char>(message.type == FrameType::kText ? 'a' + random() % 26 : random());
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

enum class Security { kPlain, kTls };

class WebSocketTransportBeastTest : public ::testing::TestWithParam<Security> {
 protected:
  WebSocketTransportBeastTest()
      : acceptor_(io_.executor(), {boost::asio::ip::make_address("127.0.0.1"), 0}),
        client_(io_, {.tls = {.ca_pem = test::TlsCerts::Get().ca_pem()}}) {
    const bool is_tls = GetParam() == Security::kTls;
    const test::TlsIdentity& identity = test::TlsCerts::Get().server();
    context_.use_certificate_chain(boost::asio::buffer(identity.certificate_pem));
    context_.use_private_key(boost::asio::buffer(identity.private_key_pem),
                             boost::asio::ssl::context::pem);
    boost::asio::co_spawn(
        io_.executor(),
        is_tls ? ServeTls(acceptor_, context_, reason_) : ServePlain(acceptor_, reason_),
        [this](const std::exception_ptr& exception) {
          EXPECT_FALSE(exception);
          is_served_ = true;
        });
    client_.Open(absl::StrCat(is_tls ? "wss" : "ws",
                              "://127.0.0.1:", acceptor_.local_endpoint().port(), "/socket"));
    client_.RunUntilOpen();
  }

  void WaitForServer() {
    io_.RunUntil("the server to end", [this] { return is_served_; });
  }

  test::IoRunner io_;
  tcp::acceptor acceptor_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  websocket::close_reason reason_;
  bool is_served_ = false;
  test::TestClient client_;
};

TEST_P(WebSocketTransportBeastTest, MessagesComeBackAsTheyWent) {
  const std::vector<Frame> messages = RandomMessages();
  for (const Frame& message : messages) client_.Send(message.data, message.type);
  client_.Flush();
  EXPECT_TRUE(client_.RunUntilFrames(messages.size()) == messages);
}

TEST_P(WebSocketTransportBeastTest, OurCloseIsUnderstood) {
  client_.SendNow("hello");
  client_.RunUntilFrames(1);
  client_.Close({4321, "ünd tschüß"});
  const TransportClosed& closed = client_.RunUntilClosed();
  EXPECT_TRUE(closed.was_clean);
  EXPECT_EQ(closed.info.code, 4321);
  WaitForServer();
  EXPECT_EQ(reason_.code, 4321);
  EXPECT_EQ(std::string(reason_.reason.data(), reason_.reason.size()), "ünd tschüß");
}

TEST_P(WebSocketTransportBeastTest, TheirCloseIsUnderstood) {
  client_.SendNow("close");
  const TransportClosed& closed = client_.RunUntilClosed();
  EXPECT_TRUE(closed.was_clean);
  EXPECT_EQ(closed.info, (wire::CloseInfo{1001, "as told"}));
  WaitForServer();
}

INSTANTIATE_TEST_SUITE_P(Security, WebSocketTransportBeastTest,
                         ::testing::Values(Security::kPlain, Security::kTls), [](const auto& test) {
                           return test.param == Security::kTls ? "Tls" : "Plain";
                         });

// --- compression

struct Deflated {
  std::string name;
  DeflateOptions ours;
  websocket::permessage_deflate theirs;
};

websocket::permessage_deflate Theirs(bool no_takeover = false, int bits = 15) {
  websocket::permessage_deflate how;
  how.server_enable = true;
  how.server_no_context_takeover = no_takeover;
  how.client_no_context_takeover = no_takeover;
  how.server_max_window_bits = bits;
  how.client_max_window_bits = bits;
  how.msg_size_threshold = 0;
  return how;
}

class WebSocketDeflateTest : public ::testing::TestWithParam<Deflated> {};

TEST_P(WebSocketDeflateTest, MessagesComeBackAsTheyWent) {
  test::IoRunner io;
  tcp::acceptor acceptor(io.executor(), {boost::asio::ip::make_address("127.0.0.1"), 0});
  websocket::close_reason reason;
  boost::asio::co_spawn(io.executor(), ServeDeflated(acceptor, GetParam().theirs, reason),
                        boost::asio::detached);
  test::TestClient client(io, WebSocketOptions{.deflate = GetParam().ours});
  client.Open(absl::StrCat("ws://127.0.0.1:", acceptor.local_endpoint().port(), "/socket"));
  client.RunUntilOpen();
  const auto& headers = client.info().response.headers;
  const bool is_agreed = std::any_of(headers.begin(), headers.end(), [](const auto& field) {
    return field.second.find("permessage-deflate") != std::string::npos;
  });
  EXPECT_EQ(is_agreed, GetParam().theirs.server_enable);
  std::vector<Frame> messages = RandomMessages();
  messages.insert(messages.end(), 20, Frame{FrameType::kText, std::string(1000, 'a')});
  for (const Frame& message : messages) client.Send(message.data, message.type);
  client.Flush();
  EXPECT_TRUE(client.RunUntilFrames(messages.size()) == messages);
}

INSTANTIATE_TEST_SUITE_P(All, WebSocketDeflateTest,
                         ::testing::Values(Deflated{"Defaults", {}, Theirs()},
                                           Deflated{"Everything", {.min_size = 0}, Theirs()},
                                           Deflated{"WithoutTakeover", {}, Theirs(true)},
                                           Deflated{"SmallWindows", {}, Theirs(false, 9)},
                                           Deflated{"OurDemands",
                                                    {.client_max_window_bits = 10,
                                                     .server_max_window_bits = 10,
                                                     .client_no_context_takeover = true,
                                                     .server_no_context_takeover = true},
                                                    Theirs()},
                                           Deflated{
                                               "Declined", {}, websocket::permessage_deflate()}),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace phx
