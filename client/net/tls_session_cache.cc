#include "client/net/tls_session_cache.h"

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "client/net/openssl_ptr.h"
#include <openssl/ssl.h>

namespace phx::net {
namespace {

// A factory is for one server, or a few.
constexpr std::size_t kMaxServers = 64;

}  // namespace

void TlsSessionCache::Put(std::string_view name, OpensslPtr<SSL_SESSION> session) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kMaxServers && sessions_.find(name) == sessions_.end()) sessions_.clear();
  sessions_.insert_or_assign(std::string(name), std::move(session));
}

OpensslPtr<SSL_SESSION> TlsSessionCache::Take(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(name);
  if (found == sessions_.end()) return nullptr;
  if (SSL_SESSION_get_protocol_version(found->second.get()) < TLS1_3_VERSION) {
    SSL_SESSION_up_ref(found->second.get());
    return OpensslPtr<SSL_SESSION>(found->second.get());
  }
  OpensslPtr<SSL_SESSION> session = std::move(found->second);
  sessions_.erase(found);
  return session;
}

}  // namespace phx::net
