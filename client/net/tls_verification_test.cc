// Whom a TLS client lets pass, what it says about the others, and what a server demands.
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/openssl_ptr.h"
#include "client/net/stream_pair.h"
#include "client/net/tls_context.h"
#include "client/transport/tls_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace phx::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const test::TlsCerts& Certs() { return test::TlsCerts::Get(); }

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
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, Certs().server().server_options());
}

TEST_F(TlsVerificationTest, AcceptsAnAddressThatIsInTheCertificate) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, Certs().server().server_options(), "127.0.0.1");
}

TEST_F(TlsVerificationTest, AcceptsAnIpv6AddressThatIsInTheCertificate) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, Certs().server().server_options(), "::1");
}

TEST_F(TlsVerificationTest, AcceptsAFullyQualifiedName) {
  ExpectAccepted({.ca_pem = Certs().ca_pem()}, Certs().server().server_options(), "localhost.");
}

TEST_F(TlsVerificationTest, ServerNameOfTheOptionsIsCheckedInPlaceOfTheHost) {
  ExpectAccepted({.ca_pem = Certs().ca_pem(), .server_name = "b.example.com"},
                 Certs().wrong_host().server_options());
}

TEST_F(TlsVerificationTest, RefusesAnUnknownAuthority) {
  EXPECT_THAT(
      Refusal({.ca_pem = Certs().other_ca_pem()}, Certs().server().server_options()),
      HasSubstr("TLS handshake: certificate verification failed: unable to get local issuer "
                "certificate (CN = test server; to trust its issuer, put it into ca_pem)"));
}

TEST_F(TlsVerificationTest, SystemDoesNotKnowTheAuthorityOfTheTests) {
  EXPECT_THAT(Refusal({}, Certs().server().server_options()),
              HasSubstr("unable to get local issuer"));
}

TEST_F(TlsVerificationTest, RefusesASelfSignedCertificate) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, Certs().self_signed().server_options()),
              HasSubstr("self-signed certificate (CN = self-signed server; to trust its issuer"));
}

TEST_F(TlsVerificationTest, AcceptsASelfSignedCertificateThatIsTrusted) {
  ExpectAccepted({.ca_pem = Certs().self_signed().certificate_pem},
                 Certs().self_signed().server_options());
}

TEST_F(TlsVerificationTest, RefusesAnExpiredCertificate) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, Certs().expired().server_options()),
              HasSubstr("certificate has expired (CN = expired server, not valid after Jan  1 "
                        "00:00:00 2001 GMT)"));
}

TEST_F(TlsVerificationTest, RefusesACertificateForOtherHosts) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, Certs().wrong_host().server_options()),
              HasSubstr("certificate is for a.example.com, b.example.com, not localhost"));
}

TEST_F(TlsVerificationTest, RefusesACertificateForOtherAddresses) {
  EXPECT_THAT(Refusal({.ca_pem = Certs().ca_pem()}, Certs().server().server_options(), "127.0.0.2"),
              HasSubstr("certificate is for localhost, 127.0.0.1, ::1, not 127.0.0.2"));
}

TEST_F(TlsVerificationTest, AcceptsEverythingWhenToldTo) {
  ExpectAccepted({.verify_peer = false}, Certs().wrong_host().server_options());
}

TEST_F(TlsVerificationTest, ServerCanDemandAClientCertificate) {
  TlsServerOptions server = Certs().server().server_options();
  server.client_ca_pem = Certs().ca_pem();
  ExpectAccepted({.ca_pem = Certs().ca_pem(),
                  .certificate_pem = Certs().client().certificate_pem,
                  .private_key_pem = Certs().client().private_key_pem},
                 server);
}

// In TLS 1.3 the client is through before the server has looked at its certificate.
TEST_F(TlsVerificationTest, ClientWithoutACertificateIsToldWhy) {
  TlsServerOptions server = Certs().server().server_options();
  server.client_ca_pem = Certs().ca_pem();
  const auto secured = Secure({.ca_pem = Certs().ca_pem()}, server);
  EXPECT_THAT(std::string(secured.server.message()),
              HasSubstr("peer did not return a certificate"));
  std::string byte(1, '\0');
  const IoResult result = pair_.client().TryRead(byte);
  EXPECT_THAT(std::string(result.status.message()), HasSubstr("certificate required"));
}

TEST_F(TlsVerificationTest, ServerRefusesAClientOfAnUnknownAuthority) {
  TlsServerOptions server = Certs().server().server_options();
  server.client_ca_pem = Certs().other_ca_pem();
  const auto secured = Secure({.ca_pem = Certs().ca_pem(),
                               .certificate_pem = Certs().client().certificate_pem,
                               .private_key_pem = Certs().client().private_key_pem},
                              server);
  EXPECT_THAT(std::string(secured.server.message()),
              HasSubstr("self-signed certificate in certificate chain (CN = test authority"));
}

TEST_F(TlsVerificationTest, SpeaksTls12WithServersThatKnowNothingNewer) {
  const TlsContext server = TlsContext::ForServer(Certs().server().server_options()).value();
  SSL_CTX_set_max_proto_version(server.native_handle(), TLS1_2_VERSION);
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem()}).value();
  const auto secured = pair_.Secure(client, server);
  EXPECT_TRUE(secured.client.ok()) << secured.client;
  EXPECT_EQ(pair_.client().tls_version(), "TLSv1.2");
  const std::string large(1'000'000, 'x');
  EXPECT_TRUE(pair_.Transfer(pair_.server(), pair_.client(), large) == large);
}

TEST_F(TlsVerificationTest, RefusesToSpeakTls11) {
  const TlsContext server = TlsContext::ForServer(Certs().server().server_options()).value();
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

// --- pinned keys and the application's own check

// The pin of the key of a certificate in PEM.
std::string PinOf(const std::string& certificate_pem) {
  const OpensslPtr<BIO> bio(
      BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const OpensslPtr<X509> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &der);
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(der, static_cast<std::size_t>(size), hash);
  OPENSSL_free(der);
  return absl::Base64Escape({reinterpret_cast<const char*>(hash), sizeof(hash)});
}

class TlsDemandsTest : public TlsVerificationTest {
 protected:
  // The client's words when the server was not what it demands, although its certificate is right.
  std::string Demanded(const TlsOptions& client, const test::TlsIdentity& identity) {
    const auto secured = Secure(client, identity.server_options());
    EXPECT_EQ(secured.client.code(), absl::StatusCode::kUnavailable) << secured.client;
    return std::string(secured.client.message());
  }
};

TEST_F(TlsDemandsTest, AcceptsAPinnedServer) {
  ExpectAccepted({.ca_pem = Certs().ca_pem(),
                  .pinned_keys = {PinOf(Certs().client().certificate_pem),
                                  "sha256/" + PinOf(Certs().server().certificate_pem)}},
                 Certs().server().server_options());
}

TEST_F(TlsDemandsTest, AcceptsAServerWhoseAuthorityIsPinned) {
  ExpectAccepted({.ca_pem = Certs().ca_pem(), .pinned_keys = {PinOf(Certs().ca_pem())}},
                 Certs().server().server_options());
}

TEST_F(TlsDemandsTest, RefusesAnotherKeyAndSaysWhichItIs) {
  EXPECT_THAT(
      Demanded({.ca_pem = Certs().ca_pem(), .pinned_keys = {PinOf(Certs().other_ca_pem())}},
               Certs().server()),
      HasSubstr("none of pinned_keys; it is sha256/" + PinOf(Certs().server().certificate_pem)));
}

TEST_F(TlsDemandsTest, APinnedKeyIsEnoughWithoutVerification) {
  ExpectAccepted(
      {.verify_peer = false, .pinned_keys = {PinOf(Certs().self_signed().certificate_pem)}},
      Certs().self_signed().server_options());
}

// Anybody can send along the certificate of an authority.
TEST_F(TlsDemandsTest, WithoutVerificationTheAuthoritysKeyProvesNothing) {
  const test::TlsIdentity with_chain{
      .certificate_pem = Certs().server().certificate_pem + Certs().ca_pem(),
      .private_key_pem = Certs().server().private_key_pem};
  EXPECT_THAT(
      Demanded({.verify_peer = false, .pinned_keys = {PinOf(Certs().ca_pem())}}, with_chain),
      HasSubstr("none of pinned_keys"));
}

TEST_F(TlsDemandsTest, APinThatIsNoHashIsInvalid) {
  const auto context = TlsContext::ForClient({.pinned_keys = {"abc"}});
  EXPECT_EQ(context.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(context.status().message()), HasSubstr("pinned_keys"));
}

TEST_F(TlsDemandsTest, AsksTheApplicationWithNameAndChain) {
  TlsPeer asked;
  ExpectAccepted({.ca_pem = Certs().ca_pem(),
                  .verify =
                      [&](const TlsPeer& peer) {
                        asked = peer;
                        return absl::OkStatus();
                      }},
                 Certs().server().server_options());
  EXPECT_EQ(asked.name, "localhost");
  ASSERT_EQ(asked.certificates.size(), 2U);               // the server's and the authority's
  EXPECT_EQ(asked.certificates.front().front(), '\x30');  // a SEQUENCE of DER
}

TEST_F(TlsDemandsTest, TheApplicationMayRefuse) {
  EXPECT_THAT(
      Demanded({.ca_pem = Certs().ca_pem(),
                .verify = [](const TlsPeer&) { return absl::UnavailableError("not today"); }},
               Certs().server()),
      HasSubstr("not today"));
}

TEST_F(TlsDemandsTest, AnApplicationThatThrowsRefuses) {
  EXPECT_THAT(Demanded({.ca_pem = Certs().ca_pem(),
                        .verify = [](const TlsPeer&) -> absl::Status {
                          throw std::runtime_error("out of order");
                        }},
                       Certs().server()),
              HasSubstr("verify threw: out of order"));
}

TEST_F(TlsDemandsTest, TheApplicationIsNotAskedAboutACertificateThatIsWrong) {
  Refusal({.ca_pem = Certs().other_ca_pem(),
           .verify =
               [](const TlsPeer&) {
                 ADD_FAILURE() << "asked";
                 return absl::OkStatus();
               }},
          Certs().server().server_options());
}

// --- resumption

class TlsResumptionTest : public ::testing::Test {
 protected:
  // A connection, over which something is sent: sessions come with the server's first bytes.
  absl::Status Connect(const TlsContext& client, std::string_view name = "localhost") {
    pair_.emplace(io_);
    const auto secured = pair_->Secure(client, server_, name);
    if (!secured.client.ok()) return secured.client;
    EXPECT_EQ(pair_->Transfer(pair_->server(), pair_->client(), "hello"), "hello");
    return absl::OkStatus();
  }

  bool IsResumed() { return pair_->client().is_tls_resumed(); }

  test::IoRunner io_;
  TlsContext server_ = TlsContext::ForServer({.certificate_pem = Certs().server().certificate_pem,
                                              .private_key_pem = Certs().server().private_key_pem,
                                              .session_tickets = true})
                           .value();
  std::optional<test::StreamPair> pair_;
};

TEST_F(TlsResumptionTest, ResumesTheSessionOfTheConnectionBefore) {
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem()}).value();
  ASSERT_TRUE(Connect(client).ok());
  EXPECT_FALSE(IsResumed());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Connect(client).ok());
    EXPECT_TRUE(IsResumed()) << i;
  }
}

TEST_F(TlsResumptionTest, ASessionIsForOneName) {
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem()}).value();
  ASSERT_TRUE(Connect(client).ok());
  ASSERT_TRUE(Connect(client, "127.0.0.1").ok());
  EXPECT_FALSE(IsResumed());
}

TEST_F(TlsResumptionTest, CanBeTurnedOff) {
  const TlsContext client =
      TlsContext::ForClient({.ca_pem = Certs().ca_pem(), .resume_sessions = false}).value();
  ASSERT_TRUE(Connect(client).ok());
  ASSERT_TRUE(Connect(client).ok());
  EXPECT_FALSE(IsResumed());
}

TEST_F(TlsResumptionTest, TheApplicationIsAskedOnceForASession) {
  int asked = 0;
  const TlsContext client = TlsContext::ForClient({.ca_pem = Certs().ca_pem(),
                                                   .verify =
                                                       [&](const TlsPeer&) {
                                                         ++asked;
                                                         return absl::OkStatus();
                                                       }})
                                .value();
  ASSERT_TRUE(Connect(client).ok());
  ASSERT_TRUE(Connect(client).ok());
  EXPECT_TRUE(IsResumed());
  EXPECT_EQ(asked, 1);
}

TEST_F(TlsResumptionTest, ASessionThatWasRefusedIsNotResumed) {
  bool accepts = false;
  const TlsContext client =
      TlsContext::ForClient({.ca_pem = Certs().ca_pem(),
                             .verify =
                                 [&](const TlsPeer&) {
                                   return accepts ? absl::OkStatus() : absl::UnavailableError("no");
                                 }})
          .value();
  EXPECT_FALSE(Connect(client).ok());
  accepts = true;
  ASSERT_TRUE(Connect(client).ok());
  EXPECT_FALSE(IsResumed());
}

}  // namespace
}  // namespace phx::net
