// The check that a TLS server is the one that was asked for, and words for the outcome.
#ifndef PHX_CLIENT_NET_PEER_VERIFICATION_H_
#define PHX_CLIENT_NET_PEER_VERIFICATION_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace phx::net {

// Makes `ssl` ask for `name` by SNI, unless it is an IP address (RFC 6066 3), and, if `verify`,
// accept only a certificate that was issued for it (RFC 6125). kInvalidArgument for a name that
// cannot be a host's.
absl::Status ExpectPeerName(SSL* ssl, std::string_view name, bool verify);

// Why the certificate chain in `context` is refused, for people: "certificate has expired
// (CN = example.com, not valid after Jan  1 00:00:00 2020 GMT)", "certificate is for a, b, not c".
// `expected_name` is what ExpectPeerName() got.
std::string DescribeVerifyError(X509_STORE_CTX* context, std::string_view expected_name);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_PEER_VERIFICATION_H_
