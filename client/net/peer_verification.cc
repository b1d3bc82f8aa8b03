#include "client/net/peer_verification.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "boost/asio/ip/address.hpp"
#include "client/net/openssl_ptr.h"
#include "client/net/tls_context.h"
#include "client/transport/tls_options.h"
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

namespace phx::net {
namespace {

// A certificate of a large site names hundreds of hosts.
constexpr std::size_t kNamesShown = 8;

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

bool IsIpAddress(const std::string& name) {
  boost::system::error_code error;
  boost::asio::ip::make_address(name, error);
  return !error;
}

std::string TextOf(const OpensslPtr<BIO>& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string SubjectOf(X509* certificate) {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_ONELINE & ~ASN1_STRFLGS_ESC_MSB);
  return TextOf(bio);
}

std::string TimeText(const ASN1_TIME* time) {
  const OpensslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  ASN1_TIME_print(bio.get(), time);
  return TextOf(bio);
}

std::string IpText(const ASN1_OCTET_STRING* octets) {
  const unsigned char* const data = ASN1_STRING_get0_data(octets);
  const auto size = static_cast<std::size_t>(ASN1_STRING_length(octets));
  if (boost::asio::ip::address_v4::bytes_type v4; size == v4.size()) {
    std::copy(data, data + size, v4.begin());
    return boost::asio::ip::address_v4(v4).to_string();
  }
  if (boost::asio::ip::address_v6::bytes_type v6; size == v6.size()) {
    std::copy(data, data + size, v6.begin());
    return boost::asio::ip::address_v6(v6).to_string();
  }
  return "?";
}

std::string NameText(const GENERAL_NAME* name) {
  int type = 0;
  const void* const value = GENERAL_NAME_get0_value(name, &type);
  if (type == GEN_IPADD) return IpText(static_cast<const ASN1_OCTET_STRING*>(value));
  if (type != GEN_DNS) return "";
  const auto* const text = static_cast<const ASN1_STRING*>(value);
  const auto* const data = ASN1_STRING_get0_data(text);
  return std::string(data, data + ASN1_STRING_length(text));
}

// The names in the certificate, as far as they matter for TLS.
std::string NamesOf(X509* certificate) {
  const OpensslPtr<GENERAL_NAMES> names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> texts;
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    std::string text = NameText(sk_GENERAL_NAME_value(names.get(), i));
    if (!text.empty()) texts.push_back(std::move(text));
  }
  if (texts.empty()) return SubjectOf(certificate);
  if (texts.size() > kNamesShown) {
    texts.resize(kNamesShown);
    texts.emplace_back("…");
  }
  return absl::StrJoin(texts, ", ");
}

// The SHA-256 of the certificate's SubjectPublicKeyInfo.
std::string KeyHash(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return "";
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned hash_size = 0;
  const int is_hashed = EVP_Digest(der, static_cast<std::size_t>(size), hash.data(), &hash_size,
                                   EVP_sha256(), nullptr);
  OPENSSL_free(der);
  return is_hashed == 1 ? std::string(hash.data(), hash.data() + hash_size) : std::string();
}

std::string DerOf(X509* certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate, &der);
  if (size <= 0) return "";
  std::string text(der, der + size);
  OPENSSL_free(der);
  return text;
}

// The certificates that prove who the server is, its own first.
std::vector<X509*> ChainOf(SSL* ssl, bool is_verified) {
  std::vector<X509*> chain;
  if (STACK_OF(X509)* const verified = SSL_get0_verified_chain(ssl); is_verified && verified) {
    for (int i = 0; i < sk_X509_num(verified); ++i) chain.push_back(sk_X509_value(verified, i));
  } else if (X509* const own = SSL_get0_peer_certificate(ssl)) {
    chain.push_back(own);
  }
  return chain;
}

absl::Status CheckPins(const std::vector<X509*>& chain, const std::vector<std::string>& pins) {
  const bool is_pinned = pins.empty() || std::any_of(chain.begin(), chain.end(), [&](X509* each) {
                           return std::find(pins.begin(), pins.end(), KeyHash(each)) != pins.end();
                         });
  if (is_pinned) return absl::OkStatus();
  const std::string own = chain.empty() ? std::string("none") : KeyHash(chain.front());
  return absl::UnavailableError(absl::StrCat(
      "the server's key is none of pinned_keys; it is sha256/", absl::Base64Escape(own)));
}

absl::Status Ask(const std::vector<X509*>& chain, const TlsDemands& demands,
                 const std::string& name) {
  if (demands.verify == nullptr) return absl::OkStatus();
  TlsPeer peer{.name = name};
  for (X509* const certificate : chain) peer.certificates.push_back(DerOf(certificate));
  try {
    return demands.verify(peer);
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("TlsOptions::verify threw: ", error.what()));
  } catch (...) {
    return absl::UnavailableError("TlsOptions::verify threw");
  }
}

bool IsUntrusted(int error) {
  return error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
         error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

}  // namespace

absl::Status ExpectPeerName(SSL* ssl, std::string_view name, bool verify) {
  if (!name.empty() && name.back() == '.') name.remove_suffix(1);  // the root of DNS
  std::string text(name);
  const bool is_ip = IsIpAddress(text);
  // SSL_ctrl() in place of the macro SSL_set_tlsext_host_name(), which casts `const` away.
  if (text.empty() || absl::StrContains(text, '\0') ||
      (!is_ip &&
       SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, text.data()) != 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" cannot be the name of a TLS server"));
  }
  if (!verify) return absl::OkStatus();
  X509_VERIFY_PARAM* const expected = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const int is_set = is_ip ? X509_VERIFY_PARAM_set1_ip_asc(expected, text.c_str())
                           : X509_VERIFY_PARAM_set1_host(expected, text.data(), text.size());
  if (is_set != 1) return absl::InternalError("OpenSSL: no memory for the name of the server");
  return absl::OkStatus();
}

absl::Status CheckDemands(SSL* ssl, const TlsDemands& demands, const std::string& name,
                          bool is_chain_verified) {
  const std::vector<X509*> chain = ChainOf(ssl, is_chain_verified);
  absl::Status pinned = CheckPins(chain, demands.pinned_keys);
  return pinned.ok() ? Ask(chain, demands, name) : pinned;
}

std::string DescribeVerifyError(X509_STORE_CTX* context, std::string_view expected_name) {
  const int error = X509_STORE_CTX_get_error(context);
  X509* const certificate = X509_STORE_CTX_get_current_cert(context);
  const char* const words = X509_verify_cert_error_string(error);
  if (certificate == nullptr) return words;
  if (error == X509_V_ERR_HOSTNAME_MISMATCH || error == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return absl::StrCat("certificate is for ", NamesOf(certificate), ", not ", Absl(expected_name));
  }
  if (error == X509_V_ERR_CERT_HAS_EXPIRED) {
    return absl::StrCat(words, " (", SubjectOf(certificate), ", not valid after ",
                        TimeText(X509_get0_notAfter(certificate)), ")");
  }
  if (error == X509_V_ERR_CERT_NOT_YET_VALID) {
    return absl::StrCat(words, " (", SubjectOf(certificate), ", not valid before ",
                        TimeText(X509_get0_notBefore(certificate)), ")");
  }
  return absl::StrCat(words, " (", SubjectOf(certificate),
                      IsUntrusted(error) ? "; to trust its issuer, put it into ca_pem)" : ")");
}

}  // namespace phx::net
