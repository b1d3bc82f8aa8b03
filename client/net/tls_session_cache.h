// TlsSessionCache: what is needed to resume TLS sessions (RFC 8446 2.2), one for each server, so
// that a reconnect needs no certificates and no signature. Kept in memory only.
//
// Threads: any.
#ifndef PHX_CLIENT_NET_TLS_SESSION_CACHE_H_
#define PHX_CLIENT_NET_TLS_SESSION_CACHE_H_

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "client/net/openssl_ptr.h"
#include <openssl/ssl.h>

namespace phx::net {

// Whom OpenSSL tells of a new session: each SSL's application data.
class TlsSessionKeeper {
 public:
  virtual void Keep(OpensslPtr<SSL_SESSION> session) = 0;

 protected:
  ~TlsSessionKeeper() = default;
};

class TlsSessionCache {
 public:
  // Keeps `session` for the next connection to the server of that name, in place of an older one.
  void Put(std::string_view name, OpensslPtr<SSL_SESSION> session);

  // The session for a connection to that server; null: none. One of TLS 1.3 is given once (RFC 8446
  // C.4): a server sends new ones with each connection.
  OpensslPtr<SSL_SESSION> Take(std::string_view name);

 private:
  std::mutex mutex_;
  std::map<std::string, OpensslPtr<SSL_SESSION>, std::less<>> sessions_;  // by name; under mutex_
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_TLS_SESSION_CACHE_H_
