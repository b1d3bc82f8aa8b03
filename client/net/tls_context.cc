#include "client/net/tls_context.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "client/net/openssl_error.h"
#include "client/net/openssl_ptr.h"
#include "client/net/tls_session_cache.h"
#include "client/transport/tls_options.h"
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace phx::net {
namespace {

// As many bytes are read at once: four full records. Freed again when all of them are decrypted.
constexpr std::size_t kReadAhead = std::size_t{64} * 1024;

// The protocol names of ALPN (RFC 7301), each behind its length. WebSockets start as HTTP/1.1.
constexpr std::array<unsigned char, 9> kAlpn = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

absl::Status BadPem(std::string_view option, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("TLS option ", absl::string_view(option.data(), option.size()), ": ",
                   absl::string_view(problem.data(), problem.size())));
}

OpensslPtr<BIO> BioOf(const std::string& text) {
  return OpensslPtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

absl::StatusOr<std::vector<OpensslPtr<X509>>> ReadCertificates(const std::string& pem,
                                                               std::string_view option) {
  const OpensslPtr<BIO> bio = BioOf(pem);
  std::vector<OpensslPtr<X509>> certificates;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  const std::string error = TakeOpensslError();
  if (!at_end) return BadPem(option, error);
  if (certificates.empty()) return BadPem(option, "no \"BEGIN CERTIFICATE\" in it");
  return certificates;
}

// Without it OpenSSL would ask for the pass phrase on the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

absl::StatusOr<OpensslPtr<EVP_PKEY>> ReadKey(const std::string& pem) {
  const OpensslPtr<BIO> bio = BioOf(pem);
  OpensslPtr<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &NoPassPhrase, nullptr));
  if (!key) {
    return BadPem(
        "private_key_pem",
        absl::StrCat("no usable private key (one without a pass phrase): ", TakeOpensslError()));
  }
  return key;
}

absl::Status UseIdentity(SSL_CTX* context, const std::string& certificate_pem,
                         const std::string& key_pem) {
  auto certificates = ReadCertificates(certificate_pem, "certificate_pem");
  if (!certificates.ok()) return certificates.status();
  auto key = ReadKey(key_pem);
  if (!key.ok()) return key.status();
  if (SSL_CTX_use_certificate(context, certificates->front().get()) != 1) {
    return BadPem("certificate_pem", TakeOpensslError());
  }
  for (std::size_t i = 1; i < certificates->size(); ++i) {
    SSL_CTX_add1_chain_cert(context, (*certificates)[i].get());
  }
  if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) {
    return BadPem("private_key_pem",
                  absl::StrCat("does not belong to the certificate: ", TakeOpensslError()));
  }
  return absl::OkStatus();
}

absl::Status Trust(SSL_CTX* context, const std::string& ca_pem, std::string_view option) {
  auto certificates = ReadCertificates(ca_pem, option);
  if (!certificates.ok()) return certificates.status();
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const OpensslPtr<X509>& certificate : *certificates) {
    X509_STORE_add_cert(store, certificate.get());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> NewContext(const SSL_METHOD* method, bool resumes) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(method), OpensslDeleter());
  if (!context) return absl::InternalError(absl::StrCat("OpenSSL: ", TakeOpensslError()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // IGNORE_UNEXPECTED_EOF: a peer that goes without close_notify is an ordinary end of file; the
  // WebSocket's own close frame says whether anything is missing.
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_IGNORE_UNEXPECTED_EOF);
  if (!resumes) SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_default_read_buffer_len(context.get(), kReadAhead);
  return context;
}

int ChooseAlpn(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
               const unsigned char* offered, unsigned offered_size, void*) {
  unsigned char* choice = nullptr;
  const int result = SSL_select_next_proto(&choice, chosen_size, kAlpn.data(), kAlpn.size(),
                                           offered, offered_size);
  *chosen = choice;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// The system's authorities, read once for the whole process: it takes tens of milliseconds, and a
// megabyte that would otherwise be held by each context. Null if they cannot be read.
X509_STORE* SystemStore() {
  static X509_STORE* const kStore = [] {
    X509_STORE* made = X509_STORE_new();
    if (made != nullptr && X509_STORE_set_default_paths(made) != 1) {
      X509_STORE_free(made);
      made = nullptr;
    }
    return made;
  }();
  return kStore;
}

absl::Status TrustForClient(SSL_CTX* context, const TlsOptions& options) {
  if (!options.ca_pem.empty()) return Trust(context, options.ca_pem, "ca_pem");
  if (!options.verify_peer) return absl::OkStatus();
  if (SystemStore() == nullptr) {
    return BadPem("ca_pem", "none given, and the system's authorities cannot be read");
  }
  SSL_CTX_set1_cert_store(context, SystemStore());
  return absl::OkStatus();
}

// OpenSSL's word of a session that may be resumed. Keeping it is the connection's business.
int OnNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* const keeper = static_cast<TlsSessionKeeper*>(SSL_get_app_data(ssl));
  keeper->Keep(OpensslPtr<SSL_SESSION>(session));
  return 1;  // the reference is taken over
}

// Sessions go to a TlsSessionCache in place of OpenSSL's own, which is by id and not by server.
void ResumeFrom(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &OnNewSession);
}

absl::StatusOr<std::vector<std::string>> DecodePins(const std::vector<std::string>& pins) {
  constexpr std::size_t kSha256 = 32;
  constexpr std::size_t kBase64 = 44;  // of that
  std::vector<std::string> decoded;
  for (const std::string& pin : pins) {
    absl::string_view text = absl::StripPrefix(pin, "sha256/");
    if (text.size() > kBase64) text = absl::StripPrefix(text, "/");  // curl writes two
    std::string& key = decoded.emplace_back();
    if (!absl::Base64Unescape(text, &key) || key.size() != kSha256) {
      return BadPem("pinned_keys", absl::StrCat("\"", pin, "\" is not a SHA-256 in base64"));
    }
  }
  return decoded;
}

absl::StatusOr<std::shared_ptr<const TlsDemands>> DemandsOf(const TlsOptions& options) {
  if (options.pinned_keys.empty() && options.verify == nullptr) return nullptr;
  auto pins = DecodePins(options.pinned_keys);
  if (!pins.ok()) return pins.status();
  return std::make_shared<const TlsDemands>(
      TlsDemands{.pinned_keys = *std::move(pins), .verify = options.verify});
}

}  // namespace

absl::StatusOr<TlsContext> TlsContext::ForClient(const TlsOptions& options) {
  auto context = NewContext(TLS_client_method(), options.resume_sessions);
  if (!context.ok()) return context.status();
  auto demands = DemandsOf(options);
  if (!demands.ok()) return demands.status();
  SSL_CTX_set_alpn_protos(context->get(), kAlpn.data(), kAlpn.size());
  if (absl::Status trusted = TrustForClient(context->get(), options); !trusted.ok()) return trusted;
  if (!options.certificate_pem.empty() || !options.private_key_pem.empty()) {
    absl::Status used =
        UseIdentity(context->get(), options.certificate_pem, options.private_key_pem);
    if (!used.ok()) return used;
  }
  TlsContext result(*std::move(context), Role::kClient, options.verify_peer, options.server_name);
  result.demands_ = *std::move(demands);
  if (options.resume_sessions) {
    ResumeFrom(result.native_handle());
    result.sessions_ = std::make_shared<TlsSessionCache>();
  }
  return result;
}

absl::StatusOr<TlsContext> TlsContext::ForServer(const TlsServerOptions& options) {
  auto context = NewContext(TLS_server_method(), options.session_tickets);
  if (!context.ok()) return context.status();
  SSL_CTX_set_alpn_select_cb(context->get(), &ChooseAlpn, nullptr);
  if (!options.session_tickets) SSL_CTX_set_num_tickets(context->get(), 0);
  // Which sessions are this server's. Needed where clients have certificates.
  SSL_CTX_set_session_id_context(context->get(), kAlpn.data(), kAlpn.size());
  absl::Status used = UseIdentity(context->get(), options.certificate_pem, options.private_key_pem);
  if (!used.ok()) return used;
  const bool wants_client = !options.client_ca_pem.empty();
  if (wants_client) {
    absl::Status trusted = Trust(context->get(), options.client_ca_pem, "client_ca_pem");
    if (!trusted.ok()) return trusted;
  }
  return TlsContext(*std::move(context), Role::kServer, wants_client, "");
}

}  // namespace phx::net
