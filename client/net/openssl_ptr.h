// Owning pointers to OpenSSL's objects.
#ifndef PHX_CLIENT_NET_OPENSSL_PTR_H_
#define PHX_CLIENT_NET_OPENSSL_PTR_H_

#include <memory>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace phx::net {

struct OpensslDeleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
  void operator()(X509* certificate) const { X509_free(certificate); }
};

template <typename T>
using OpensslPtr = std::unique_ptr<T, OpensslDeleter>;

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_OPENSSL_PTR_H_
