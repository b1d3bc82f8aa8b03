#include "client/net/tls_session.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/net/io_result.h"
#include "client/net/openssl_error.h"
#include "client/net/peer_verification.h"
#include "client/net/socket_bio.h"
#include "client/net/tls_context.h"
#include "client/net/tls_session_cache.h"
#include "client/net/to_status.h"
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace phx::net {
namespace {

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

absl::Status OutOfMemory() {
  return absl::ResourceExhaustedError(absl::StrCat("OpenSSL: ", TakeOpensslError()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<TlsSession>> TlsSession::Make(const TlsContext& context,
                                                             int descriptor,
                                                             std::string_view peer_name) {
  ERR_clear_error();
  SSL* const ssl = SSL_new(context.native_handle());
  if (ssl == nullptr) return OutOfMemory();
  std::unique_ptr<TlsSession> session(new TlsSession(ssl));
  session->socket_.descriptor = descriptor;
  BIO* const bio = NewSocketBio(&session->socket_).release();
  if (bio == nullptr) return OutOfMemory();
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, static_cast<TlsSessionKeeper*>(session.get()));
  session->ExpectCertificate(context);
  if (context.role() == TlsContext::Role::kServer) {
    SSL_set_accept_state(ssl);
    return session;
  }
  SSL_set_connect_state(ssl);
  absl::Status expected = session->Expect(context, peer_name);
  if (!expected.ok()) return expected;
  return session;
}

// OpenSSL would forget the session of a connection that was not shut down properly. But it is the
// connection that is lost that has to be replaced.
TlsSession::~TlsSession() {
  if (is_accepted_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

absl::Status TlsSession::Expect(const TlsContext& context, std::string_view peer_name) {
  peer_name_ = context.server_name().empty() ? peer_name : context.server_name();
  verifies_chain_ = context.verify_peer();
  demands_ = context.demands();
  absl::Status named = ExpectPeerName(ssl_.get(), peer_name_, verifies_chain_);
  if (!named.ok()) return named;
  sessions_ = context.sessions();
  if (sessions_ == nullptr) return absl::OkStatus();
  // One that does not fit is no error: the handshake is a full one then.
  if (const auto old = sessions_->Take(peer_name_)) SSL_set_session(ssl_.get(), old.get());
  return absl::OkStatus();
}

// Sessions of a server that is not accepted must not be resumed: the check is made once for all
// connections of a session.
void TlsSession::Keep(OpensslPtr<SSL_SESSION> session) {
  if (sessions_ == nullptr) return;
  if (is_accepted_) {
    sessions_->Put(peer_name_, std::move(session));
  } else {
    unproven_session_ = std::move(session);
  }
}

IoResult TlsSession::FinishHandshake() {
  const bool must_ask = demands_ != nullptr && !is_resumed();
  if (must_ask) {
    const absl::Status demanded = CheckDemands(ssl_.get(), *demands_, peer_name_, verifies_chain_);
    if (!demanded.ok()) {
      return IoResult::Error(absl::Status(
          demanded.code(),
          absl::StrCat("TLS handshake: certificate verification failed: ", demanded.message())));
    }
  }
  is_accepted_ = true;
  if (unproven_session_) Keep(std::move(unproven_session_));
  return IoResult::Done(0);
}

void TlsSession::ExpectCertificate(const TlsContext& context) {
  if (!context.verify_peer()) {
    SSL_set_verify(ssl_.get(), SSL_VERIFY_NONE, nullptr);
    return;
  }
  SSL_set_verify(ssl_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, &OnVerify);
}

// Called for each certificate of the chain. Keeps the first complaint: later ones follow from it.
int TlsSession::OnVerify(int is_accepted, X509_STORE_CTX* context) {
  if (is_accepted == 1) return 1;
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* const session =
      static_cast<TlsSession*>(static_cast<TlsSessionKeeper*>(SSL_get_app_data(ssl)));
  if (session->verify_error_.empty()) {
    session->verify_error_ = DescribeVerifyError(context, session->peer_name_);
  }
  return 0;
}

IoResult TlsSession::TryHandshake() {
  ERR_clear_error();
  socket_.is_drained = false;
  const int returned = SSL_do_handshake(ssl_.get());
  if (returned == 1) {
    may_have_more_ = SSL_has_pending(ssl_.get()) == 1;
    return FinishHandshake();
  }
  if (!verify_error_.empty()) {
    ERR_clear_error();
    return IoResult::Error(absl::UnavailableError(
        absl::StrCat("TLS handshake: certificate verification failed: ", verify_error_)));
  }
  IoResult result = Outcome(returned, "TLS handshake");
  if (result.outcome != IoOutcome::kEof) return result;
  return IoResult::Error(absl::UnavailableError("TLS handshake: the peer closed the connection"));
}

IoResult TlsSession::TryRead(std::span<char> buffer) {
  may_have_more_ = false;
  socket_.is_drained = false;
  if (deferred_) return *std::exchange(deferred_, std::nullopt);
  std::size_t total = 0;
  while (total < buffer.size()) {
    ERR_clear_error();
    std::size_t count = 0;
    const std::span<char> rest = buffer.subspan(total);
    const int returned = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &count);
    if (returned == 1) {
      total += count;
      continue;
    }
    IoResult result = Outcome(returned, "TLS read");
    if (total == 0) return result;
    if (result.outcome != IoOutcome::kWantRead) deferred_ = std::move(result);
    return IoResult::Done(total);
  }
  may_have_more_ = true;
  return IoResult::Done(total);
}

IoResult TlsSession::TryWrite(std::string_view bytes) {
  socket_.is_drained = false;
  std::size_t total = 0;
  while (total < bytes.size()) {
    ERR_clear_error();
    std::size_t count = 0;
    const std::string_view rest = bytes.substr(total);
    const int returned = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &count);
    if (returned == 1) {
      total += count;
      continue;
    }
    if (total != 0) return IoResult::Done(total);  // the next call meets the obstacle again
    IoResult result = Outcome(returned, "TLS write");
    if (result.outcome != IoOutcome::kEof) return result;
    return IoResult::Error(absl::UnavailableError("TLS write: the connection is closed"));
  }
  return IoResult::Done(total);
}

IoResult TlsSession::Outcome(int returned, std::string_view what) {
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ: return IoResult::Want(IoOutcome::kWantRead);
    case SSL_ERROR_WANT_WRITE: return IoResult::Want(IoOutcome::kWantWrite);
    case SSL_ERROR_ZERO_RETURN: return IoResult::Eof();
    default:
      if (socket_.error == 0 && socket_.at_eof && ERR_peek_error() == 0) return IoResult::Eof();
      return IoResult::Error(Failure(what));
  }
}

absl::Status TlsSession::Failure(std::string_view what) const {
  if (socket_.error != 0) {
    ERR_clear_error();
    return ErrnoToStatus(socket_.error, what);
  }
  return absl::UnavailableError(absl::StrCat(Absl(what), ": ", TakeOpensslError()));
}

std::string TlsSession::version() const {
  return SSL_is_init_finished(ssl_.get()) != 0 ? SSL_get_version(ssl_.get()) : "";
}

bool TlsSession::is_resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

void TlsSession::SendCloseNotify() {
  // Not during a handshake, nor after a fatal error: OpenSSL forbids both.
  if (SSL_is_init_finished(ssl_.get()) == 0 || socket_.error != 0) return;
  ERR_clear_error();
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

}  // namespace phx::net
