// TlsSession: OpenSSL on one non-blocking socket. The TLS half of Stream.
#ifndef PHX_CLIENT_NET_TLS_SESSION_H_
#define PHX_CLIENT_NET_TLS_SESSION_H_

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/net/io_result.h"
#include "client/net/openssl_ptr.h"
#include "client/net/socket_bio.h"
#include "client/net/tls_context.h"
#include "client/net/tls_session_cache.h"
#include <openssl/ssl.h>

namespace phx::net {

class TlsSession final : private TlsSessionKeeper {
 public:
  // See Stream::StartTls(). `descriptor` must stay open as long as the session is used.
  static absl::StatusOr<std::unique_ptr<TlsSession>> Make(const TlsContext& context, int descriptor,
                                                          std::string_view peer_name);

  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // As the functions of Stream with these names.
  IoResult TryHandshake();
  IoResult TryRead(std::span<char> buffer);
  IoResult TryWrite(std::string_view bytes);
  std::string version() const;
  bool is_resumed() const;

  // Whether TryRead() can get on although the socket is not readable.
  bool has_more() const { return may_have_more_ || deferred_.has_value(); }

  // Sends close_notify if the socket takes it.
  void SendCloseNotify();

 private:
  explicit TlsSession(SSL* ssl) : ssl_(ssl) {}

  // --- of a client
  absl::Status Expect(const TlsContext& context, std::string_view peer_name);
  IoResult FinishHandshake();
  void Keep(OpensslPtr<SSL_SESSION> session) override;

  static int OnVerify(int is_accepted, X509_STORE_CTX* context);
  void ExpectCertificate(const TlsContext& context);
  IoResult Outcome(int returned, std::string_view what);
  absl::Status Failure(std::string_view what) const;

  OpensslPtr<SSL> ssl_;
  SocketBioState socket_;
  std::string peer_name_;  // the name that is verified
  bool verifies_chain_ = false;
  std::shared_ptr<const TlsDemands> demands_;  // null: none
  std::shared_ptr<TlsSessionCache> sessions_;  // null: sessions are not kept
  OpensslPtr<SSL_SESSION> unproven_session_;   // came before the server was accepted
  bool is_accepted_ = false;
  std::string verify_error_;          // why the peer's certificate was refused
  std::optional<IoResult> deferred_;  // what stopped a read that had got some bytes before
  // The last read stopped at a full buffer, or the handshake took in what came behind it: OpenSSL
  // may hold bytes that the socket will not announce again.
  bool may_have_more_ = false;
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_TLS_SESSION_H_
