// How a connection comes to be open, and all the ways in which it does not.
#include "client/transport/websocket_dial.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/io_runner.h"
#include "client/net/raw_server.h"
#include "client/transport/test_client.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"
#include "client/transport/websocket_peer.h"
#include "client/wire/connection_info.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx {
namespace {

using boost::asio::ip::tcp;
using test::WebSocketPeer;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

std::string Message(const TransportClosed& closed) { return std::string(closed.status.message()); }

bool HasIpv6() {
  boost::asio::io_context context;
  boost::system::error_code error;
  tcp::acceptor probe(context);
  probe.open(tcp::v6(), error);
  if (!error) probe.bind({boost::asio::ip::make_address("::1"), 0}, error);
  return !error;
}

class WebSocketDialTest : public ::testing::Test {
 protected:
  std::string UrlOf(std::string_view host, std::string_view path = "/socket") {
    return absl::StrCat("ws://", absl::string_view(host.data(), host.size()), ":", server_.port(),
                        absl::string_view(path.data(), path.size()));
  }

  // Opens a connection to the server, which answers `answer`, and waits for the end.
  const TransportClosed& RefusedWith(const std::string& answer) {
    client_.Open(UrlOf("127.0.0.1", "/socket?token=secret"));
    peer_.emplace(server_.Accept());
    peer_->TakeRequest();
    peer_->connection().Send(answer);
    const TransportClosed& closed = client_.RunUntilClosed();
    EXPECT_FALSE(client_.is_open());
    EXPECT_EQ(closed.info.code, 1006);
    EXPECT_FALSE(closed.was_clean);
    EXPECT_THAT(Message(closed), HasSubstr("connect to " + UrlOf("127.0.0.1") + ": "));
    EXPECT_THAT(Message(closed), Not(HasSubstr("secret")));
    return closed;
  }

  const TransportClosed& InvalidRequest(TransportRequest request) {
    client_.Open(std::move(request));
    const TransportClosed& closed = client_.RunUntilClosed();
    EXPECT_EQ(closed.status.code(), absl::StatusCode::kInvalidArgument);
    return closed;
  }

  test::IoRunner io_;
  test::RawServer server_{io_};
  test::TestClient client_{io_};
  std::optional<WebSocketPeer> peer_;
};

TEST_F(WebSocketDialTest, OpensAndSaysHow) {
  client_.Open({.url = UrlOf("127.0.0.1", "/socket/websocket?vsn=2.0.0"),
                .headers = {{"X-Mine", "yes"}},
                .subprotocols = {"phoenix", "other"}});
  peer_.emplace(server_.Accept());
  const std::string request =
      peer_->Upgrade("Sec-WebSocket-Protocol: phoenix\r\nX-Theirs: well\r\n");
  client_.RunUntilOpen();
  EXPECT_THAT(request, HasSubstr("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr(absl::StrCat("Host: 127.0.0.1:", server_.port(), "\r\n")));
  EXPECT_THAT(request, HasSubstr("X-Mine: yes\r\n"));
  EXPECT_THAT(request, HasSubstr("Sec-WebSocket-Protocol: phoenix, other\r\n"));
  const OpenInfo& info = client_.info();
  EXPECT_EQ(info.response.status, 101);
  EXPECT_THAT(info.response.headers, Contains(Pair("X-Theirs", "well")));
  EXPECT_EQ(info.subprotocol, "phoenix");
  EXPECT_EQ(info.transport, "websocket");
  EXPECT_EQ(info.remote_address, absl::StrCat("127.0.0.1:", server_.port()));
}

TEST_F(WebSocketDialTest, StagesAreAnnouncedAndTimed) {
  client_.Open(UrlOf("localhost"));
  peer_.emplace(server_.Accept());
  peer_->Upgrade();
  client_.RunUntilOpen();
  const std::string address = absl::StrCat("127.0.0.1:", server_.port());
  const auto& stages = client_.stages();
  ASSERT_GE(stages.size(), 3);
  EXPECT_EQ(stages.front(), std::pair(ConnectStage::kResolving, std::string("localhost")));
  EXPECT_EQ(stages[stages.size() - 2], std::pair(ConnectStage::kConnecting, address));
  EXPECT_EQ(stages.back(), std::pair(ConnectStage::kUpgrading, address));
  const ConnectTimings& timings = client_.info().timings;
  EXPECT_GT(timings.resolve.count(), 0);
  EXPECT_GT(timings.connect.count(), 0);
  EXPECT_EQ(timings.secure.count(), 0);
  EXPECT_GT(timings.upgrade.count(), 0);
}

TEST_F(WebSocketDialTest, AddressNeedsNoResolving) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->Upgrade();
  client_.RunUntilOpen();
  EXPECT_EQ(client_.stages().front().first, ConnectStage::kConnecting);
  EXPECT_EQ(client_.info().timings.resolve.count(), 0);
}

TEST_F(WebSocketDialTest, ConnectsByIpv6) {
  if (!HasIpv6()) GTEST_SKIP() << "no IPv6 here";
  test::RawServer server(io_, "::1");
  client_.Open(absl::StrCat("ws://[::1]:", server.port(), "/socket"));
  peer_.emplace(server.Accept());
  EXPECT_THAT(peer_->Upgrade(), HasSubstr(absl::StrCat("Host: [::1]:", server.port(), "\r\n")));
  client_.RunUntilOpen();
  EXPECT_EQ(client_.info().remote_address, absl::StrCat("[::1]:", server.port()));
}

// On most machines localhost is ::1 as well, where nobody listens.
TEST_F(WebSocketDialTest, AllAddressesOfANameAreTried) {
  client_.Open(UrlOf("localhost"));
  peer_.emplace(server_.Accept());
  peer_->Upgrade();
  client_.RunUntilOpen();
  EXPECT_EQ(client_.info().remote_address, absl::StrCat("127.0.0.1:", server_.port()));
}

TEST_F(WebSocketDialTest, ConnectsFromALocalAddress) {
  test::TestClient client(io_, WebSocketOptions{.local_address = "127.0.0.7"});
  client.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  EXPECT_THAT(peer_->connection().stream().remote_address(), HasSubstr("127.0.0.7:"));
}

TEST_F(WebSocketDialTest, AnswerMayComeByteByByte) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  for (const char& byte : WebSocketPeer::AnswerTo(peer_->TakeRequest())) {
    EXPECT_FALSE(client_.is_open());
    peer_->connection().Send({&byte, 1});
    io_.RunReady();
  }
  client_.RunUntilOpen();
}

TEST_F(WebSocketDialTest, LongRequestGoesThroughInPieces) {
  // A request that fills the connection's buffers: the server reads only later.
  client_.Open({.url = UrlOf("127.0.0.1"), .headers = {{"X-Long", std::string(8'000'000, 'x')}}});
  auto connection = server_.Accept();
  connection->PauseReading();
  io_.RunReady();
  connection->ResumeReading();
  peer_.emplace(connection);
  peer_->Upgrade();
  client_.RunUntilOpen();
}

// Refusals.

TEST_F(WebSocketDialTest, UnauthorisedIsUnauthenticated) {
  const TransportClosed& closed = RefusedWith(
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 4\r\n\r\nwho?");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_THAT(Message(closed), HasSubstr("HTTP 401 Unauthorized"));
  EXPECT_EQ(closed.response.status, 401);
  EXPECT_EQ(closed.response.reason, "Unauthorized");
  EXPECT_EQ(closed.response.body, "who?");
  EXPECT_THAT(closed.response.headers, Contains(Pair("WWW-Authenticate", "Bearer")));
}

TEST_F(WebSocketDialTest, ForbiddenIsPermissionDenied) {
  const TransportClosed& closed =
      RefusedWith("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(closed.response.status, 403);
}

TEST_F(WebSocketDialTest, OtherRefusalsAreUnavailable) {
  const TransportClosed& closed =
      RefusedWith("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(closed), HasSubstr("HTTP 503 Service Unavailable"));
}

TEST_F(WebSocketDialTest, BodyOfARefusalIsKept) {
  const TransportClosed& closed = RefusedWith(
      "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 100000\r\n\r\n" + std::string(5000, 'x'));
  EXPECT_EQ(closed.response.status, 429);
  EXPECT_EQ(closed.response.body, std::string(4096, 'x'));
}

TEST_F(WebSocketDialTest, RefusalMayEndWithTheConnection) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->TakeRequest();
  peer_->connection().Send("HTTP/1.1 500 Oops\r\n\r\nbroken");
  peer_->connection().Close();
  EXPECT_EQ(client_.RunUntilClosed().response.body, "broken");
}

TEST_F(WebSocketDialTest, RedirectionsAreNotFollowed) {
  const TransportClosed& closed = RefusedWith(
      "HTTP/1.1 302 Found\r\nLocation: wss://other/socket?token=secret\r\n"
      "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(closed), HasSubstr("HTTP 302 Found (a redirection to wss://other/socket, "
                                         "which is not followed)"));
}

TEST_F(WebSocketDialTest, OrdinaryPageIsNoWebSocket) {
  const TransportClosed& closed = RefusedWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(closed), HasSubstr("HTTP 200 OK"));
}

// Answers that are none.

TEST_F(WebSocketDialTest, WrongAcceptIsRefused) {
  const TransportClosed& closed = RefusedWith(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(Message(closed), HasSubstr("Sec-WebSocket-Accept"));
  EXPECT_EQ(closed.response.status, 101);
}

TEST_F(WebSocketDialTest, SubprotocolThatWasNotOfferedIsRefused) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->Upgrade("Sec-WebSocket-Protocol: chat\r\n");
  EXPECT_THAT(Message(client_.RunUntilClosed()), HasSubstr("\"chat\" was not offered"));
}

TEST_F(WebSocketDialTest, GarbageIsNamed) {
  EXPECT_THAT(Message(RefusedWith("SSH-2.0-OpenSSH_9.2\r\n")), HasSubstr("malformed HTTP answer"));
}

TEST_F(WebSocketDialTest, EndlessHeaderIsRefused) {
  EXPECT_THAT(Message(RefusedWith("HTTP/1.1 101 OK\r\nX: " + std::string(20'000, 'x'))),
              HasSubstr("HTTP answer with a header of more than 16384 bytes"));
}

TEST_F(WebSocketDialTest, ServerThatClosesWithoutAnAnswerIsNamed) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->TakeRequest();
  peer_->connection().Close();
  EXPECT_THAT(Message(client_.RunUntilClosed()),
              HasSubstr("the server closed the connection before it answered"));
}

TEST_F(WebSocketDialTest, ServerThatResetsIsNamed) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->TakeRequest();
  peer_->connection().Reset();
  EXPECT_THAT(Message(client_.RunUntilClosed()), HasSubstr("Connection reset by peer"));
}

TEST_F(WebSocketDialTest, RefusedConnectionIsNamed) {
  tcp::socket bound(io_.context(), {boost::asio::ip::make_address("127.0.0.1"), 0});
  const std::string host = absl::StrCat("127.0.0.1:", bound.local_endpoint().port());
  client_.Open("ws://" + host + "/socket?token=secret");
  const TransportClosed& closed = client_.RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Message(closed),
            "connect to ws://" + host + "/socket: connect " + host + ": Connection refused");
  EXPECT_EQ(closed.response.status, 0);
}

TEST_F(WebSocketDialTest, UnknownHostIsNamed) {
  const std::string host(64, 'x');  // no label may be so long: nobody has to be asked
  client_.Open("ws://" + host + "/socket");
  EXPECT_THAT(Message(client_.RunUntilClosed()),
              HasSubstr("connect to ws://" + host + "/socket: resolve " + host + ": "));
}

// Requests that cannot be made.

TEST_F(WebSocketDialTest, BadUrlIsAnError) {
  EXPECT_THAT(Message(InvalidRequest({.url = "ftp://example.com/socket?token=secret"})),
              "connect to ftp://example.com/socket: the URL has a scheme other than ws, wss, http "
              "and https");
}

TEST_F(WebSocketDialTest, BadHeaderIsAnError) {
  EXPECT_THAT(Message(InvalidRequest({.url = UrlOf("127.0.0.1"), .headers = {{"X", "a\nb"}}})),
              HasSubstr("header \"X\" cannot be sent"));
}

TEST_F(WebSocketDialTest, ADeflateOptionOutOfItsRangeIsAnError) {
  test::TestClient client(io_, {.deflate = DeflateOptions{.level = 10}});
  client.Open(UrlOf("127.0.0.1"));
  const TransportClosed& closed = client.RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(closed), HasSubstr("deflate option level is 10"));
}

// Giving up, at every stage.

TEST_F(WebSocketDialTest, CloseGivesAnAttemptUp) {
  client_.Open(UrlOf("127.0.0.1"));
  peer_.emplace(server_.Accept());
  peer_->TakeRequest();
  client_.Close();
  const TransportClosed& closed = client_.RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(peer_->connection().WaitForEof());
  peer_->connection().Close();
  io_.RunToEnd();
  EXPECT_TRUE(client_.IsTransportGone());
}

TEST_F(WebSocketDialTest, CloseBeforeTheAttemptEndsIt) {
  client_.Close();
  client_.Open(UrlOf("127.0.0.1"));
  EXPECT_EQ(client_.RunUntilClosed().status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(client_.stages().empty());
}

TEST_F(WebSocketDialTest, MayBeAbandonedRightAfterOpen) {
  client_.Open(UrlOf("localhost"));
  client_.Abandon();
  io_.RunToEnd();
  EXPECT_TRUE(client_.stages().empty());
  EXPECT_TRUE(client_.IsTransportGone());
}

class AbandonedDialTest : public WebSocketDialTest,
                          public ::testing::WithParamInterface<ConnectStage> {
 protected:
  // Everything that must be so after Abandon().
  void ExpectGone() {
    const std::size_t stages = client_.stages().size();
    io_.RunToEnd();
    EXPECT_EQ(client_.stages().size(), stages);
    EXPECT_TRUE(client_.IsTransportGone());
  }
};

TEST_P(AbandonedDialTest, MayBeAbandonedInsideTheStage) {
  client_.hooks().on_stage = [this](ConnectStage stage) {
    if (stage == GetParam()) client_.Abandon();
  };
  client_.Open(UrlOf("localhost"));
  client_.RunUntilStage(GetParam());
  ExpectGone();
}

TEST_P(AbandonedDialTest, MayBeAbandonedDuringTheStage) {
  client_.Open(UrlOf("localhost"));
  client_.RunUntilStage(GetParam());
  client_.Abandon();
  ExpectGone();
}

TEST_P(AbandonedDialTest, MayBeClosedInsideTheStage) {
  client_.hooks().on_stage = [this](ConnectStage stage) {
    if (stage == GetParam()) client_.Close();
  };
  client_.Open(UrlOf("localhost"));
  EXPECT_EQ(client_.RunUntilClosed().status.code(), absl::StatusCode::kCancelled);
  ExpectGone();
}

INSTANTIATE_TEST_SUITE_P(EveryStage, AbandonedDialTest,
                         ::testing::Values(ConnectStage::kResolving, ConnectStage::kConnecting,
                                           ConnectStage::kUpgrading),
                         [](const auto& test) {
                           switch (test.param) {
                             case ConnectStage::kResolving: return "Resolving";
                             case ConnectStage::kConnecting: return "Connecting";
                             case ConnectStage::kSecuring: return "Securing";
                             case ConnectStage::kUpgrading: return "Upgrading";
                           }
                           return "";
                         });

}  // namespace
}  // namespace phx
