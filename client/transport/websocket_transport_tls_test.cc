// WebSockets over TLS. Whom the client trusts in all cases: //client/net:tls_verification_test.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/net/io_runner.h"
#include "client/net/raw_server.h"
#include "client/net/tls_context.h"
#include "client/transport/test_client.h"
#include "client/transport/tls_options.h"
#include "client/transport/websocket_peer.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"
#include <openssl/ssl.h>

namespace phx {
namespace {

using test::WebSocketPeer;
using ::testing::HasSubstr;
using wire::CloseInfo;

const test::TlsCerts& Certs() { return test::TlsCerts::Get(); }

net::TlsContext ServerContext(const test::TlsIdentity& identity,
                              const std::string& client_ca_pem = "") {
  return net::TlsContext::ForServer({.certificate_pem = identity.certificate_pem,
                                     .private_key_pem = identity.private_key_pem,
                                     .client_ca_pem = client_ca_pem})
      .value();
}

class WebSocketTransportTlsTest : public ::testing::Test {
 protected:
  void Open(TlsOptions tls, std::string_view host = "localhost") {
    client_.emplace(io_, WebSocketOptions{.tls = std::move(tls)});
    client_->Open(absl::StrCat("wss://", absl::string_view(host.data(), host.size()), ":",
                               server_.port(), "/socket?token=secret"));
  }

  void Connect(TlsOptions tls, const net::TlsContext& server) {
    Open(std::move(tls));
    auto connection = server_.AcceptTls(server);
    ASSERT_TRUE(connection.ok()) << connection.status();
    peer_.emplace(*connection);
    peer_->Upgrade();
    client_->RunUntilOpen();
  }

  void Connect() { Connect({.ca_pem = Certs().ca_pem()}, ServerContext(Certs().server())); }

  // The message of the failure when the server is `identity`.
  std::string Failure(TlsOptions tls, const test::TlsIdentity& identity) {
    Open(std::move(tls));
    EXPECT_FALSE(server_.AcceptTls(ServerContext(identity)).ok());
    const TransportClosed& closed = client_->RunUntilClosed();
    EXPECT_EQ(closed.info.code, 1006);
    EXPECT_EQ(closed.status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(closed.response.status, 0);
    return std::string(closed.status.message());
  }

  test::IoRunner io_;
  test::RawServer server_{io_};
  std::optional<test::TestClient> client_;
  std::optional<WebSocketPeer> peer_;
};

TEST_F(WebSocketTransportTlsTest, OpensAndTalks) {
  Connect();
  client_->SendNow("hello");
  EXPECT_EQ(peer_->TakeText(), "hello");
  peer_->Send(WebSocketPeer::kText, "hello yourself");
  EXPECT_EQ(client_->RunUntilFrames(1).front().data, "hello yourself");
  EXPECT_GT(client_->info().timings.secure.count(), 0);
  EXPECT_EQ(client_->stages().at(client_->stages().size() - 2),
            std::pair(ConnectStage::kSecuring, std::string("localhost")));
}

TEST_F(WebSocketTransportTlsTest, ManyFramesInOneRecordAreAllDelivered) {
  Connect();
  std::string frames;
  for (int i = 0; i < 100'000; ++i) {
    frames += WebSocketPeer::FrameBytes(WebSocketPeer::kText, absl::StrCat("frame ", i));
  }
  peer_->connection().Send(frames);
  EXPECT_EQ(client_->RunUntilFrames(100'000).back().data, "frame 99999");
}

TEST_F(WebSocketTransportTlsTest, LargeMessagesGoBothWays) {
  Connect();
  std::string large;
  large.resize(10'000'000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i * i % 26);
  client_->SendNow(large);
  EXPECT_TRUE(peer_->TakeText() == large);
  EXPECT_EQ(client_->buffered_amount(), 0);
  peer_->Send(WebSocketPeer::kText, large);
  EXPECT_TRUE(client_->RunUntilFrames(1).front().data == large);
}

TEST_F(WebSocketTransportTlsTest, BlockedWritesGoOnInOrder) {
  Connect();
  peer_->connection().PauseReading();
  int sent = 0;
  while (client_->buffered_amount() == 0) {
    client_->SendNow(absl::StrCat("message ", sent++, std::string(100'000, '.')));
  }
  for (int i = 0; i < 10; ++i) client_->SendNow(absl::StrCat("message ", sent++));
  peer_->Send(WebSocketPeer::kText, "read meanwhile");
  client_->RunUntilFrames(1);
  peer_->connection().ResumeReading();
  for (int i = 0; i < sent; ++i)
    EXPECT_THAT(peer_->TakeText(), HasSubstr(absl::StrCat("message ", i)));
}

TEST_F(WebSocketTransportTlsTest, ClosesCleanly) {
  Connect();
  client_->Close({4000, "enough"});
  EXPECT_EQ(peer_->TakeClose(), "4000 enough");
  peer_->connection().Send(WebSocketPeer::CloseBytes(4000));
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  EXPECT_TRUE(peer_->connection().WaitForEof());
  peer_->connection().Close();
  io_.RunToEnd();
  EXPECT_TRUE(client_->IsTransportGone());
}

TEST_F(WebSocketTransportTlsTest, AnswersThePeersClose) {
  Connect();
  peer_->connection().Send(WebSocketPeer::CloseBytes(1012));
  EXPECT_EQ(client_->RunUntilClosed().info, (CloseInfo{1012, ""}));
  EXPECT_TRUE(client_->RunUntilClosed().was_clean);
  EXPECT_EQ(peer_->TakeClose(), "1012 ");
}

// Quiet about TLS: that the peer did not take leave of it is no news.
TEST_F(WebSocketTransportTlsTest, EndWithoutLeaveIsAnOrdinaryEnd) {
  Connect();
  peer_->connection().Close();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.info.code, 1006);
  EXPECT_THAT(std::string(closed.status.message()),
              HasSubstr("the server closed it without a close frame"));
}

TEST_F(WebSocketTransportTlsTest, UnknownAuthorityIsRefused) {
  EXPECT_THAT(Failure({}, Certs().server()),
              HasSubstr(absl::StrCat(
                  "connect to wss://localhost:", server_.port(),
                  "/socket: TLS handshake: certificate verification failed: unable to get local "
                  "issuer certificate")));
}

TEST_F(WebSocketTransportTlsTest, ExpiredCertificateIsRefused) {
  EXPECT_THAT(Failure({.ca_pem = Certs().ca_pem()}, Certs().expired()),
              HasSubstr("certificate has expired"));
}

TEST_F(WebSocketTransportTlsTest, CertificateOfAnotherHostIsRefused) {
  EXPECT_THAT(Failure({.ca_pem = Certs().ca_pem()}, Certs().wrong_host()),
              HasSubstr("certificate is for a.example.com, b.example.com, not localhost"));
}

TEST_F(WebSocketTransportTlsTest, VerificationCanBeTurnedOff) {
  Connect({.verify_peer = false}, ServerContext(Certs().self_signed()));
}

TEST_F(WebSocketTransportTlsTest, ShowsItsCertificate) {
  Connect({.ca_pem = Certs().ca_pem(),
           .certificate_pem = Certs().client().certificate_pem,
           .private_key_pem = Certs().client().private_key_pem},
          ServerContext(Certs().server(), Certs().ca_pem()));
}

TEST_F(WebSocketTransportTlsTest, MissingClientCertificateIsNamed) {
  Open({.ca_pem = Certs().ca_pem()});
  EXPECT_FALSE(server_.AcceptTls(ServerContext(Certs().server(), Certs().ca_pem())).ok());
  EXPECT_THAT(std::string(client_->RunUntilClosed().status.message()),
              HasSubstr("certificate required"));
}

TEST_F(WebSocketTransportTlsTest, BadOptionIsAnError) {
  Open({.ca_pem = "nonsense"});
  auto connection = server_.Accept();
  const TransportClosed& closed = client_->RunUntilClosed();
  EXPECT_EQ(closed.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(closed.status.message()), HasSubstr("TLS option ca_pem"));
}

TEST_F(WebSocketTransportTlsTest, ServerWithoutTlsIsNamed) {
  Open({});
  auto connection = server_.Accept();
  connection->Take(1);
  connection->Send("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(std::string(client_->RunUntilClosed().status.message()),
              HasSubstr("the other end does not seem to speak TLS"));
}

TEST_F(WebSocketTransportTlsTest, MayBeAbandonedInsideTheHandshake) {
  Open({});
  auto connection = server_.Accept();  // and never answers
  client_->RunUntilStage(ConnectStage::kSecuring);
  connection->Take(1);
  client_->Abandon();
  EXPECT_TRUE(connection->WaitForEof());
  connection->Close();
  io_.RunToEnd();
  EXPECT_TRUE(client_->IsTransportGone());
}

TEST_F(WebSocketTransportTlsTest, MayBeClosedInsideTheHandshake) {
  Open({});
  auto connection = server_.Accept();
  client_->RunUntilStage(ConnectStage::kSecuring);
  connection->Take(1);
  client_->Close();
  EXPECT_EQ(client_->RunUntilClosed().status.code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(connection->WaitForEof());
}

}  // namespace
}  // namespace phx
