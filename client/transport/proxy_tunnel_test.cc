// Both transports through a proxy that is played byte by byte, and that then plays the server.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "client/net/io_runner.h"
#include "client/net/raw_server.h"
#include "client/transport/http_peer.h"
#include "client/transport/longpoll_transport.h"
#include "client/transport/proxy_options.h"
#include "client/transport/test_client.h"
#include "client/transport/websocket_peer.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/connection_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using test::HttpPeer;
using test::WebSocketPeer;
using ::testing::HasSubstr;
using ::testing::Not;

class ProxyTunnelTest : public ::testing::Test {
 protected:
  ProxyOptions Proxy() {
    return HttpProxy(absl::StrCat("http://user:secret@127.0.0.1:", proxy_.port()));
  }

  // The client connects to the proxy, and asks it for a tunnel.
  HttpPeer::Request Accept() {
    connection_ = proxy_.Accept();
    return HttpPeer(connection_).TakeRequest();
  }

  std::string Failure() {
    const TransportClosed& closed = client_->RunUntilClosed();
    std::string message(closed.status.message());
    EXPECT_THAT(message, HasSubstr(absl::StrCat("proxy http://127.0.0.1:", proxy_.port(), ": ")));
    EXPECT_THAT(message, Not(HasSubstr("secret")));
    return message;
  }

  test::IoRunner io_;
  test::RawServer proxy_{io_};
  std::optional<test::TestClient> client_;
  std::shared_ptr<test::RawConnection> connection_;
};

TEST_F(ProxyTunnelTest, AWebSocketGoesThroughIt) {
  client_.emplace(io_, WebSocketOptions{.proxy = Proxy()});
  client_->Open("ws://nowhere.invalid/socket/websocket");
  const HttpPeer::Request request = Accept();
  EXPECT_EQ(request.line, "CONNECT nowhere.invalid:80 HTTP/1.1");
  EXPECT_EQ(request.Header("Host"), "nowhere.invalid:80");
  EXPECT_EQ(request.Header("Proxy-Authorization"), "Basic dXNlcjpzZWNyZXQ=");
  connection_->Send("HTTP/1.1 200 Connection established\r\nContent-Length: 99\r\n\r\n");
  WebSocketPeer peer(connection_);
  const std::string upgrade = peer.Upgrade();
  EXPECT_THAT(upgrade, HasSubstr("Host: nowhere.invalid\r\n"));
  EXPECT_THAT(upgrade, Not(HasSubstr("Proxy-Authorization")));
  client_->RunUntilOpen();
  client_->SendNow("hello");
  EXPECT_EQ(peer.TakeText(), "hello");
}

TEST_F(ProxyTunnelTest, LongPollingGoesThroughItOnBothConnections) {
  client_.emplace(io_, MakeLongPollTransport({.proxy = Proxy()}));
  client_->Open("http://[::1]:4000/socket");
  EXPECT_EQ(Accept().line, "CONNECT [::1]:4000 HTTP/1.1");
  connection_->Send("HTTP/1.1 200 OK\r\n\r\n");
  HttpPeer poll(connection_);
  EXPECT_EQ(poll.TakeRequest().line, "GET /socket/longpoll HTTP/1.1");
  poll.Answer(R"({"status":410,"token":"T","messages":[]})");
  client_->RunUntilOpen();
  client_->SendNow("[1]");
  EXPECT_EQ(Accept().line, "CONNECT [::1]:4000 HTTP/1.1");
  connection_->Send("HTTP/1.1 200 OK\r\n\r\n");
  EXPECT_EQ(HttpPeer(connection_).TakeRequest().body, "[1]");
}

// The proxy sees nothing but the name of the server.
TEST_F(ProxyTunnelTest, TlsIsSpokenWithTheServerBehindIt) {
  client_.emplace(io_, WebSocketOptions{.proxy = Proxy()});
  client_->Open("wss://nowhere.invalid/socket?token=t");
  EXPECT_EQ(Accept().line, "CONNECT nowhere.invalid:443 HTTP/1.1");
  connection_->Send("HTTP/1.1 200 OK\r\n\r\n");
  const std::string hello = connection_->Take(6);
  EXPECT_EQ(hello.substr(0, 2), "\x16\x03");  // a record of the handshake
  EXPECT_EQ(hello[5], '\x01');                // ClientHello
}

TEST_F(ProxyTunnelTest, ExceptedServersAreReachedDirectly) {
  ProxyOptions options = HttpProxy("http://nowhere.invalid:1");
  options.except = "127.0.0.1";
  client_.emplace(io_, WebSocketOptions{.proxy = options});
  client_->Open(absl::StrCat("ws://127.0.0.1:", proxy_.port(), "/socket"));
  WebSocketPeer peer(proxy_.Accept());
  peer.Upgrade();
  client_->RunUntilOpen();
}

TEST_F(ProxyTunnelTest, ARefusalIsToldWithItsStatus) {
  client_.emplace(io_, WebSocketOptions{.proxy = Proxy()});
  client_->Open("ws://nowhere.invalid/socket");
  Accept();
  connection_->Send(
      "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 1000\r\n\r\nhalf of it");
  EXPECT_THAT(Failure(), HasSubstr("HTTP 407 Proxy Authentication Required"));
  EXPECT_EQ(client_->RunUntilClosed().status.code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(ProxyTunnelTest, ABadGatewayIsUnavailable) {
  client_.emplace(io_, WebSocketOptions{.proxy = Proxy()});
  client_->Open("ws://nowhere.invalid/socket");
  Accept();
  connection_->Send("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  EXPECT_THAT(Failure(), HasSubstr("HTTP 502 Bad Gateway"));
  EXPECT_EQ(client_->RunUntilClosed().status.code(), absl::StatusCode::kUnavailable);
}

TEST_F(ProxyTunnelTest, AnythingBehindTheAnswerIsAnError) {
  client_.emplace(io_, WebSocketOptions{.proxy = Proxy()});
  client_->Open("ws://nowhere.invalid/socket");
  Accept();
  connection_->Send("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n");
  EXPECT_THAT(Failure(), HasSubstr("more than an answer"));
}

TEST_F(ProxyTunnelTest, AProxyThatIsNotThereIsNamed) {
  std::optional<test::RawServer> gone(std::in_place, io_);
  const std::string address = absl::StrCat("127.0.0.1:", gone->port());
  gone.reset();
  client_.emplace(io_, WebSocketOptions{.proxy = HttpProxy("http://user:secret@" + address)});
  client_->Open("ws://nowhere.invalid/socket");
  const std::string message(client_->RunUntilClosed().status.message());
  EXPECT_THAT(message,
              HasSubstr("connect to ws://nowhere.invalid/socket: proxy http://" + address));
  EXPECT_THAT(message, Not(HasSubstr("secret")));
}

TEST_F(ProxyTunnelTest, AProxyThatCannotBeIsInvalid) {
  client_.emplace(io_, WebSocketOptions{.proxy = HttpProxy("socks5://user:secret@127.0.0.1")});
  client_->Open("ws://nowhere.invalid/socket");
  const absl::Status& status = client_->RunUntilClosed().status;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace phx
