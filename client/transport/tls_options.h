// TlsOptions: how a wss:// (or https://) connection is secured.
#ifndef PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace phx {

// The server at the other end, for TlsOptions::verify.
struct TlsPeer {
  std::string name = {};                       // the one that was asked for
  std::vector<std::string> certificates = {};  // DER, the server's own first
};

struct TlsOptions {
  // Verifies the server's certificate chain and that it was issued for the host of the URL
  // (RFC 6125). Turn off only against a server of your own on your own machine.
  bool verify_peer = true;

  // PEM text of the authorities to trust. Empty: the system's.
  std::string ca_pem = {};

  // PEM text of the certificate (chain) and key by which the client identifies itself. Empty: none.
  std::string certificate_pem = {};
  std::string private_key_pem = {};

  // The servers' keys that are accepted, besides all other checks: the SHA-256 of a certificate's
  // SubjectPublicKeyInfo in base64, as `openssl x509 -pubkey -noout | openssl pkey -pubin -outform
  // der | openssl dgst -sha256 -binary | base64` prints it; "sha256/" before it is fine. One
  // certificate of the verified chain has to have one of these keys: pin an intermediate authority,
  // or the server's present key and its next one. Without verify_peer, whose chain proves nothing,
  // the server's own certificate has to. Empty: any key.
  std::vector<std::string> pinned_keys = {};

  // Asked in the end whether the server is the right one, when all other checks have passed; what
  // is not OK fails the attempt with its message. Runs on the socket's strand, must not block, and
  // must not call back into the socket. An exception is a no. Not asked about a resumed session,
  // for whose first connection it said yes. Empty: yes.
  std::function<absl::Status(const TlsPeer& peer)> verify = {};

  // Resumes the TLS session of an earlier connection of the same transport factory, which spares
  // the reconnect a round of public-key cryptography. Off, all connections are made alike, as a
  // measurement may want it.
  bool resume_sessions = true;

  // The name asked for by SNI and checked in the certificate. Empty: the host of the URL. An IP
  // address is checked as such and never sent by SNI (RFC 6066 3).
  std::string server_name = {};
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_
