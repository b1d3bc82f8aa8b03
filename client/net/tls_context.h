// TlsContext: how TLS is to be spoken, prepared once and shared by all connections that speak it
// so.
//
//   absl::StatusOr<net::TlsContext> client = net::TlsContext::ForClient(options);
//   absl::StatusOr<net::TlsContext> server = net::TlsContext::ForServer(
//       {.certificate_pem = cert, .private_key_pem = key});
//
// TLS 1.2 at least; no renegotiation, no compression. The cipher suites are those that OpenSSL, or
// the system's administrator, has chosen. A client resumes the sessions of earlier connections of
// the same context.
//
// Copies share one context. Threads: any.
#ifndef PHX_CLIENT_NET_TLS_CONTEXT_H_
#define PHX_CLIENT_NET_TLS_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/net/tls_session_cache.h"
#include "client/transport/tls_options.h"

struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace phx::net {

struct TlsServerOptions {
  // PEM text of the server's certificate, followed by the intermediate ones, and of its key.
  std::string certificate_pem = {};
  std::string private_key_pem = {};

  // PEM text of the authorities whose clients are let in. Empty: clients need no certificate.
  std::string client_ca_pem = {};

  // Whether clients may resume their sessions.
  bool session_tickets = false;
};

// What a client demands of a server besides a certificate for its name.
struct TlsDemands {
  std::vector<std::string> pinned_keys = {};  // SHA-256, raw; empty: any
  std::function<absl::Status(const TlsPeer& peer)> verify = {};
};

class TlsContext {
 public:
  enum class Role : std::uint8_t { kClient, kServer };

  // TlsContext::ForClient()
  //
  // kInvalidArgument, saying which option and why, if a PEM text holds no certificate or no key, if
  // key and certificate do not belong together, or if a pinned key is not the base64 of 32 bytes.
  // The system's authorities are read once in a process, at the first context that needs them,
  // which takes tens of milliseconds.
  static absl::StatusOr<TlsContext> ForClient(const TlsOptions& options);

  // TlsContext::ForServer()
  //
  // kInvalidArgument as above.
  static absl::StatusOr<TlsContext> ForServer(const TlsServerOptions& options);

  Role role() const { return role_; }
  bool verify_peer() const { return verify_peer_; }
  const std::string& server_name() const { return server_name_; }  // TlsOptions::server_name
  // Null: none.
  const std::shared_ptr<const TlsDemands>& demands() const { return demands_; }
  // Null: sessions are not resumed.
  const std::shared_ptr<TlsSessionCache>& sessions() const { return sessions_; }
  ssl_ctx_st* native_handle() const { return context_.get(); }

 private:
  TlsContext(std::shared_ptr<ssl_ctx_st> context, Role role, bool verify_peer,
             std::string server_name)
      : context_(std::move(context)),
        server_name_(std::move(server_name)),
        role_(role),
        verify_peer_(verify_peer) {}

  std::shared_ptr<ssl_ctx_st> context_;
  std::shared_ptr<const TlsDemands> demands_;
  std::shared_ptr<TlsSessionCache> sessions_;
  std::string server_name_;
  Role role_;
  bool verify_peer_;
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_TLS_CONTEXT_H_
