// TlsOptions: how a wss:// (or https://) connection is secured.
#ifndef PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_

#include <string>

namespace phx {

struct TlsOptions {
  // Verifies the server's certificate chain and that it was issued for the host of the URL
  // (RFC 6125). Turn off only against a server of your own on your own machine.
  bool verify_peer = true;

  // PEM text of the authorities to trust. Empty: the system's.
  std::string ca_pem = {};

  // PEM text of the certificate (chain) and key by which the client identifies itself. Empty: none.
  std::string certificate_pem = {};
  std::string private_key_pem = {};

  // The name asked for by SNI and checked in the certificate. Empty: the host of the URL. An IP
  // address is checked as such and never sent by SNI (RFC 6066 3).
  std::string server_name = {};
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_TLS_OPTIONS_H_
