#include "client/wire/auth_token.h"

#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace phx::wire {

std::vector<std::string> AuthTokenSubprotocols(std::string_view token) {
  std::string encoded = absl::Base64Escape(absl::string_view(token.data(), token.size()));
  encoded.erase(encoded.find_last_not_of('=') + 1);
  return {"phoenix", absl::StrCat("base64url.bearer.phx.", encoded)};
}

}  // namespace phx::wire
