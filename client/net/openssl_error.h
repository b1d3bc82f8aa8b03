// What OpenSSL has to say about its last failure.
#ifndef PHX_CLIENT_NET_OPENSSL_ERROR_H_
#define PHX_CLIENT_NET_OPENSSL_ERROR_H_

#include <string>

namespace phx::net {

// Takes the errors of this thread out of OpenSSL's queue and returns the first one's reason in
// words, such as "tlsv1 alert unknown ca", with a hint where it is known to mislead. "unknown
// error" if the queue is empty.
std::string TakeOpensslError();

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_OPENSSL_ERROR_H_
