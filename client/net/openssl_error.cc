#include "client/net/openssl_error.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/sslerr.h>

namespace phx::net {
namespace {

bool IsNotTls(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
  const int reason = ERR_GET_REASON(error);
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST ||
         reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

}  // namespace

std::string TakeOpensslError() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  if (reason == nullptr) return error == 0 ? "unknown error" : absl::StrCat("error ", error);
  if (IsNotTls(error)) return absl::StrCat(reason, " (the other end does not seem to speak TLS)");
  return reason;
}

}  // namespace phx::net
