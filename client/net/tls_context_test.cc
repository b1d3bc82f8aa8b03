#include "client/net/tls_context.h"

#include <string>

#include "absl/status/status.h"
#include "client/net/openssl_ptr.h"
#include "client/transport/tls_options.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "testing/tls_certs.h"
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace phx::net {
namespace {

using ::testing::HasSubstr;

const test::TlsCerts& Certs() { return test::TlsCerts::Get(); }

void ExpectInvalid(const absl::Status& status, const std::string& why) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr(why));
}

std::string KeyWithPassPhrase() {
  const OpensslPtr<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  std::string phrase = "secret";
  PEM_write_bio_PrivateKey(bio.get(), key.get(), EVP_aes_128_cbc(),
                           reinterpret_cast<const unsigned char*>(phrase.data()),
                           static_cast<int>(phrase.size()), nullptr, nullptr);
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return std::string(data, static_cast<std::size_t>(size));
}

TEST(TlsContextTest, DefaultsAreEnoughForAClient) {
  const auto context = TlsContext::ForClient({});
  ASSERT_TRUE(context.ok()) << context.status();
  EXPECT_EQ(context->role(), TlsContext::Role::kClient);
  EXPECT_TRUE(context->verify_peer());
}

TEST(TlsContextTest, SeveralAuthoritiesMayBeTrusted) {
  EXPECT_TRUE(TlsContext::ForClient({.ca_pem = Certs().ca_pem() + Certs().other_ca_pem()}).ok());
}

TEST(TlsContextTest, TextAroundTheCertificatesIsIgnored) {
  EXPECT_TRUE(TlsContext::ForClient({.ca_pem = "# mine\n" + Certs().ca_pem() + "\n# end\n"}).ok());
}

TEST(TlsContextTest, CaWithoutACertificateIsAnError) {
  ExpectInvalid(TlsContext::ForClient({.ca_pem = "/etc/ca.pem"}).status(),
                "TLS option ca_pem: no \"BEGIN CERTIFICATE\" in it");
}

TEST(TlsContextTest, DamagedCaIsAnError) {
  std::string damaged = Certs().ca_pem();
  damaged.erase(damaged.size() / 2, 10);
  ExpectInvalid(TlsContext::ForClient({.ca_pem = damaged}).status(), "TLS option ca_pem: ");
}

TEST(TlsContextTest, CertificateNeedsItsKey) {
  const test::TlsIdentity& client = Certs().client();
  ExpectInvalid(TlsContext::ForClient({.certificate_pem = client.certificate_pem}).status(),
                "TLS option private_key_pem: no usable private key");
  ExpectInvalid(TlsContext::ForClient({.private_key_pem = client.private_key_pem}).status(),
                "TLS option certificate_pem: no \"BEGIN CERTIFICATE\"");
}

TEST(TlsContextTest, KeyOfAnotherCertificateIsAnError) {
  ExpectInvalid(TlsContext::ForServer({.certificate_pem = Certs().server().certificate_pem,
                                       .private_key_pem = Certs().client().private_key_pem})
                    .status(),
                "TLS option private_key_pem: does not belong to the certificate");
}

// OpenSSL would ask for it on the terminal.
TEST(TlsContextTest, KeyWithAPassPhraseIsAnError) {
  ExpectInvalid(TlsContext::ForServer({.certificate_pem = Certs().server().certificate_pem,
                                       .private_key_pem = KeyWithPassPhrase()})
                    .status(),
                "TLS option private_key_pem: no usable private key (one without a pass phrase)");
}

TEST(TlsContextTest, ServerNeedsACertificate) {
  ExpectInvalid(TlsContext::ForServer({}).status(), "TLS option certificate_pem");
}

TEST(TlsContextTest, ServerChecksTheAuthoritiesOfItsClients) {
  ExpectInvalid(TlsContext::ForServer({.certificate_pem = Certs().server().certificate_pem,
                                       .private_key_pem = Certs().server().private_key_pem,
                                       .client_ca_pem = "nonsense"})
                    .status(),
                "TLS option client_ca_pem");
}

}  // namespace
}  // namespace phx::net
