// The check that a TLS server is the one that was asked for, and words for the outcome.
#ifndef PHX_CLIENT_NET_PEER_VERIFICATION_H_
#define PHX_CLIENT_NET_PEER_VERIFICATION_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "client/net/tls_context.h"
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace phx::net {

// Makes `ssl` ask for `name` by SNI, unless it is an IP address (RFC 6066 3), and, if `verify`,
// accept only a certificate that was issued for it (RFC 6125). kInvalidArgument for a name that
// cannot be a host's.
absl::Status ExpectPeerName(SSL* ssl, std::string_view name, bool verify);

// Whether the server of `ssl`, whose handshake is complete, is what `demands` says, and if not,
// why. If `is_chain_verified`, a pinned key may be that of any certificate of the chain, otherwise
// only the server's own. Runs user code; what that throws is a no.
absl::Status CheckDemands(SSL* ssl, const TlsDemands& demands, const std::string& name,
                          bool is_chain_verified);

// Why the certificate chain in `context` is refused, for people: "certificate has expired
// (CN = example.com, not valid after Jan  1 00:00:00 2020 GMT)", "certificate is for a, b, not c".
// `expected_name` is what ExpectPeerName() got.
std::string DescribeVerifyError(X509_STORE_CTX* context, std::string_view expected_name);

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_PEER_VERIFICATION_H_
