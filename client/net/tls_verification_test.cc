// Whom a TLS client lets pass, what it says about the others, and what a server demands.
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/stream_pair.h"
#include "client/net/tls_context.h"
#include "client/transport/tls_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"
#include <openssl/ssl.h>

namespace phx::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const test::TlsCerts& Certs() { return test::TlsCerts::Get(); }

TlsServerOptions ServerOptions(const test::TlsIdentity& identity) {
  return {.certificate_pem = identity.certificate_pem, .private_key_pem = identity.private_key_pem};
}

class TlsVerificationTest : public ::testing::Test {
 protected:
  test::StreamPair::Secured Secure(const TlsOptions& client, const TlsServerOptions& server,
                                   std::string_view name = "localhost") {
    return pair_.Secure(TlsContext::ForClient(client).value(),
                        TlsContext::ForServer(server).value(), name);
  }

  void ExpectAccepted(const TlsOptions& client, const TlsServerOptions& server,
                      std::string_view name = "localhost") {
    const auto secured = Secure(client, server, name);
    EXPECT_TRUE(secured.client.ok()) << secured.client;
    EXPECT_TRUE(secured.server.ok()) << secured.server;
    EXPECT_EQ(pair_.Transfer(pair_.client(), pair_.server(), "hello"), "hello");
  }

  // The client's words when it refuses the server.
  std::string Refusal(const TlsOptions& client, const TlsServerOptions& server,
                      std::string_view name = "localhost") {
    const auto secured = Secure(client, server, name);
    EXPECT_EQ(secured.client.code(), absl::StatusCode::kUnavailable);
    EXPECT_FALSE(secured.server.ok());
    return std::string(secured.client.message());
  }

  test::IoRunner io_;
  test::StreamPair pair_{io_};
};

TEST_F(TlsVerificationTest, AcceptsTheRightServer) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().server()));
}

TEST_F(TlsVerificationTest, AcceptsAnAddressThatIsInTheCertificate) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().server()), "127.0.0.1");
}

TEST_F(TlsVerificationTest, AcceptsAnIpv6AddressThatIsInTheCertificate) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().server()), "::1");
}

TEST_F(TlsVerificationTest, AcceptsAFullyQualifiedName) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().server()), "localhost.");
}

TEST_F(TlsVerificationTest, ServerNameOfTheOptionsIsCheckedInPlaceOfTheHost) {
  ExpectAccepted({.ca_pem = Certs().ca_pem(), .server_name = "b.example.com"},
                 ServerOptions(Certs().wrong_host()));
}

TEST_F(TlsVerificationTest, RefusesAnUnknownAuthority) {
  EXPECT_THAT(
      Refusal({.ca_pem = Certs().other_ca_pem()}, ServerOptions(Certs().server())),
      HasSubstr("TLS handshake: certificate verification failed: unable to get local issuer "
                "certificate (CN = test server; to trust its issuer, put it into ca_pem)"));
}

TEST_F(TlsVerificationTest, SystemDoesNotKnowTheAuthorityOfTheTests) {
  EXPECT_THAT(Refusal({}, ServerOptions(Certs().server())),
              HasSubstr("unable to get local issuer"));
}

TEST_F(TlsVerificationTest, RefusesASelfSignedCertificate) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().self_signed())),
              HasSubstr("self-signed certificate (CN = self-signed server; to trust its issuer"));
}

TEST_F(TlsVerificationTest, AcceptsASelfSignedCertificateThatIsTrusted) {
  ExpectAccepted({.ca_pem = Certs().self_signed().certificate_pem},
                 ServerOptions(Certs().self_signed()));
}

TEST_F(TlsVerificationTest, RefusesAnExpiredCertificate) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().expired())),
              HasSubstr("certificate has expired (CN = expired server, not valid after Jan  1 "
                        "00:00:00 2001 GMT)"));
}

TEST_F(TlsVerificationTest, RefusesACertificateForOtherHosts) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().wrong_host())),
              HasSubstr("certificate is for a.example.com, b.example.com, not localhost"));
}

TEST_F(TlsVerificationTest, RefusesACertificateForOtherAddresses) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, ServerOptions(Certs().server()), "127.0.0.2"),
              HasSubstr("certificate is for localhost, 127.0.0.1, ::1, not 127.0.0.2"));
}

TEST_F(TlsVerificationTest, AcceptsEverythingWhenToldTo) {
  ExpectAccepted({.verify_peer = false}, ServerOptions(Certs().wrong_host()));
}

TEST_F(TlsVerificationTest, ServerCanDemandAClientCertificate) {
  TlsServerOptions server = ServerOptions(Certs().server());
  server.client_ca_pem = Certs().ca_pem();
  ExpectAccepted({.ca_pem = Certs().ca_pem(),
                  .certificate_pem = Certs().client().certificate_pem,
                  .private_key_pem = Certs().client().private_key_pem},
                 server);
}

// In TLS 1.3 the client is through before the server has looked at its certificate.
TEST_F(TlsVerificationTest, ClientWithoutACertificateIsToldWhy) {
  TlsServerOptions server = ServerOptions(Certs().server());
  server.client_ca_pem = Certs().ca_pem();
  const auto secured = Secure({.ca_pem = Certs().ca_pem()}, server);
  EXPECT_THAT(std::string(secured.server.message()),
              HasSubstr("peer did not return a certificate"));
  std::string byte(1, '\0');
  const IoResult result = pair_.client().TryRead(byte);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("certificate required"));
}

TEST_F(TlsVerificationTest, ServerRefusesAClientOfAnUnknownAuthority) {
  TlsServerOptions server = ServerOptions(Certs().server());
  server.client_ca_pem = Certs().other_ca_pem();
  const auto secured = Secure({.ca_pem = Certs().ca_pem(),
                               .certificate_pem = Certs().client().certificate_pem,
                               .private_key_pem = Certs().client().private_key_pem},
                              server);
  EXPECT_THAT(std::string(secured.server.message()),
              HasSubstr("self-signed certificate in certificate chain (CN = test authority"));
}

TEST_F(TlsVerificationTest, SpeaksTls12WithServersThatKnowNothingNewer) {
  const TlsContext server = TlsContext::ForServer(ServerOptions(Certs().server())).value();
  SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_2_VERSION);
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem()}).value();
  const auto secured = pair_.Secure(client, server);
  EXPECT_TRUE(secured.client.ok()) << secured.client;
  EXPECT_EQ(pair_.client().tls_version(), "TLSv1.2");
  const std::string large(1'000'000, 'x');
  EXPECT_TRUE(pair_.Transfer(pair_.server(), pair_.client(), large) == large);
}

TEST_F(TlsVerificationTest, RefusesToSpeakTls11) {
  const TlsContext server = TlsContext::ForServer(ServerOptions(Certs().server())).value();
  SSL_CTX_set_min_proto_version(server.native_handle(), TLS1_1_VERSION);
  SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_1_VERSION);
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem()}).value();
  EXPECT_FALSE(pair_.Secure(client, server).client.ok());
}

// What the client says first, in the clear.
std::string ClientHello(std::string_view name, const TlsOptions& options = {}) {
  test::IoRunner io;
  test::StreamPair pair(io);
  EXPECT_TRUE(pair.client().StartTls(TlsContext::ForClient(options).value(), name).ok());
  EXPECT_EQ(pair.client().TryHandshake().outcome, IoOutcome::kWantRead);
  return pair.Read(pair.server(), 1);
}

TEST(TlsClientHelloTest, AsksForTheHost) {
  EXPECT_THAT(ClientHello("host.example.com"), HasSubstr("host.example.com"));
  EXPECT_THAT(ClientHello("host", {.server_name = "other.example.com"}),
              HasSubstr("other.example.com"));
  EXPECT_THAT(ClientHello("host"), HasSubstr("http/1.1"));
}

// RFC 6066 3.
TEST(TlsClientHelloTest, DoesNotAskForAnAddress) {
  EXPECT_THAT(ClientHello("192.0.2.7"), Not(HasSubstr("192.0.2.7")));
}

TEST_F(TlsVerificationTest, RefusesNamesThatCannotBe) {
  const TlsContext client = TlsContext::ForClient({}).value();
  EXPECT_EQ(pair_.client().StartTls(client, "").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pair_.client().StartTls(client, std::string(300, 'x')).code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(TlsVerificationTest, PeerThatDoesNotSpeakTlsIsRecognised) {
  ASSERT_TRUE(pair_.client().StartTls(TlsContext::ForClient({}).value(), "localhost").ok());
  ASSERT_EQ(pair_.client().TryHandshake().outcome, IoOutcome::kWantRead);
  pair_.Read(pair_.server(), 1);
  const std::string answer = "HTTP/1.1 400 Bad Request\r\n\r\n";
  ASSERT_EQ(pair_.server().TryWrite(answer).bytes, answer.size());
  bool is_ready = false;
  pair_.client().AsyncWaitReadable([&is_ready](auto) { is_ready = true; });
  io_.RunUntil("the answer", [&is_ready] { return is_ready; });
  EXPECT_THAT(std::string(pair_.client().TryHandshake().status.message()),
              HasSubstr("wrong version number (the other end does not seem to speak TLS)"));
}

TEST_F(TlsVerificationTest, PeerThatGoesDuringTheHandshakeIsAnError) {
  ASSERT_TRUE(pair_.client().StartTls(TlsContext::ForClient({}).value(), "localhost").ok());
  ASSERT_EQ(pair_.client().TryHandshake().outcome, IoOutcome::kWantRead);
  pair_.Read(pair_.server(), 1);
  pair_.server().ShutdownWrite();
  bool is_ready = false;
  pair_.client().AsyncWaitReadable([&is_ready](auto) { is_ready = true; });
  io_.RunUntil("the end", [&is_ready] { return is_ready; });
  const IoResult result = pair_.client().TryHandshake();
  EXPECT_EQ(result.outcome, IoOutcome::kError);
  EXPECT_EQ(result.status.message(), "TLS handshake: the peer closed the connection");
}

}  // namespace
}  // namespace phx::net
