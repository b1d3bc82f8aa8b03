// Certificates for tests of TLS, made when they are asked for: nothing to keep, nothing that
// expires.
//
//   const test::TlsCerts& certs = test::TlsCerts::Get();
//   server: certs.server().server_options()
//   client: {.ca_pem = certs.ca_pem()}
//
// Threads: any.
#ifndef PHX_TESTING_TLS_CERTS_H_
#define PHX_TESTING_TLS_CERTS_H_

#include <string>

#include "client/net/tls_context.h"

namespace phx::test {

// A certificate and its key, as PEM text.
struct TlsIdentity {
  std::string certificate_pem = {};
  std::string private_key_pem = {};

  // Those of a server that shows this certificate.
  net::TlsServerOptions server_options() const {
    return {.certificate_pem = certificate_pem, .private_key_pem = private_key_pem};
  }
};

class TlsCerts {
 public:
  // The certificates of this process, made at the first call.
  static const TlsCerts& Get();

  // The authority that has signed all the others, but for self_signed().
  const std::string& ca_pem() const { return ca_.certificate_pem; }

  // An authority that has signed none of them.
  const std::string& other_ca_pem() const { return other_ca_.certificate_pem; }

  // For localhost, 127.0.0.1 and ::1.
  const TlsIdentity& server() const { return server_; }

  // The same, but its last day was in 2001.
  const TlsIdentity& expired() const { return expired_; }

  // For a.example.com and b.example.com.
  const TlsIdentity& wrong_host() const { return wrong_host_; }

  // For localhost, signed by itself, as what `mix phx.gen.cert` makes.
  const TlsIdentity& self_signed() const { return self_signed_; }

  // For a client, whose name is "test client".
  const TlsIdentity& client() const { return client_; }

 private:
  TlsCerts();

  TlsIdentity ca_;
  TlsIdentity other_ca_;
  TlsIdentity server_;
  TlsIdentity expired_;
  TlsIdentity wrong_host_;
  TlsIdentity self_signed_;
  TlsIdentity client_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_TLS_CERTS_H_
