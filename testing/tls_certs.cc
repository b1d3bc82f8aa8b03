#include "testing/tls_certs.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include "client/net/openssl_ptr.h"
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace phx::test {
namespace {

using net::OpensslPtr;

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "cannot make a certificate for the tests: %s\n", what);
  std::abort();
}

// A key and a certificate that can sign others.
struct Signer {
  OpensslPtr<EVP_PKEY> key;
  OpensslPtr<X509> certificate;
};

struct Wish {
  const char* common_name;
  const char* alternative_names = nullptr;  // in OpenSSL's notation
  bool is_ca = false;
  bool is_expired = false;
};

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value);
  X509_EXTENSION_free(extension);
}

void SetName(X509* certificate, const char* common_name) {
  const auto* const text = reinterpret_cast<const unsigned char*>(common_name);
  Require(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, text,
                                     -1, -1, 0) == 1,
          "name");
}

void SetValidity(X509* certificate, bool is_expired) {
  Require(ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20000101000000Z") == 1 &&
              ASN1_TIME_set_string(X509_getm_notAfter(certificate),
                                   is_expired ? "20010101000000Z" : "20990101000000Z") == 1,
          "validity");
}

// Makes what is wished for, signed by `issuer`, or by itself if there is none.
Signer Make(const Wish& wish, const Signer* issuer) {
  static long serial = 1;
  Signer made{OpensslPtr<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")),
              OpensslPtr<X509>(X509_new())};
  Require(made.key != nullptr && made.certificate != nullptr, "key");
  X509* const certificate = made.certificate.get();
  const Signer& signer = issuer == nullptr ? made : *issuer;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
  SetName(certificate, wish.common_name);
  SetValidity(certificate, wish.is_expired);
  X509_set_pubkey(certificate, made.key.get());
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  if (wish.is_ca) {
    AddExtension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
    AddExtension(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  }
  if (wish.alternative_names != nullptr) {
    AddExtension(certificate, signer.certificate.get(), NID_subject_alt_name,
                 wish.alternative_names);
  }
  Require(X509_sign(certificate, signer.key.get(), EVP_sha256()) != 0, "signature");
  return made;
}

TlsIdentity PemOf(const Signer& signer) {
  const OpensslPtr<BIO> certificate(BIO_new(BIO_s_mem()));
  const OpensslPtr<BIO> key(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(certificate.get(), signer.certificate.get()) == 1 &&
              PEM_write_bio_PrivateKey(key.get(), signer.key.get(), nullptr, nullptr, 0, nullptr,
                                       nullptr) == 1,
          "PEM");
  return {TextOf(certificate.get()), TextOf(key.get())};
}

constexpr char kLocalNames[] = "DNS:localhost,IP:127.0.0.1,IP:::1";

}  // namespace

const TlsCerts& TlsCerts::Get() {
  static const TlsCerts* const kCerts = new TlsCerts();
  return *kCerts;
}

TlsCerts::TlsCerts() {
  const Signer ca = Make({.common_name = "test authority", .is_ca = true}, nullptr);
  ca_ = PemOf(ca);
  other_ca_ = PemOf(Make({.common_name = "other authority", .is_ca = true}, nullptr));
  server_ = PemOf(Make({.common_name = "test server", .alternative_names = kLocalNames}, &ca));
  expired_ = PemOf(
      Make({.common_name = "expired server", .alternative_names = kLocalNames, .is_expired = true},
           &ca));
  wrong_host_ = PemOf(Make(
      {.common_name = "other server", .alternative_names = "DNS:a.example.com,DNS:b.example.com"},
      &ca));
  self_signed_ =
      PemOf(Make({.common_name = "self-signed server", .alternative_names = kLocalNames}, nullptr));
  client_ = PemOf(Make({.common_name = "test client"}, &ca));
}

}  // namespace phx::test
