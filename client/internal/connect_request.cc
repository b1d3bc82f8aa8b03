#include "client/internal/connect_request.h"

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/wire/auth_token.h"

namespace phx::internal {
namespace {

template <typename T>
absl::StatusOr<T> Ask(const ValueOrFunction<T>& source, const char* what) {
  try {
    return source.Get();
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(what, " function threw: ", error.what()));
  } catch (...) {
    return absl::InvalidArgumentError(absl::StrCat(what, " function threw"));
  }
}

}  // namespace

absl::StatusOr<TransportRequest> MakeConnectRequest(const wire::EndpointUrl& endpoint,
                                                    const SocketOptions& options,
                                                    std::string_view protocol_version) {
  const absl::StatusOr<nlohmann::json> params = Ask(options.params, "params");
  if (!params.ok()) return params.status();
  absl::StatusOr<std::string> token = Ask(options.auth_token, "auth_token");
  if (!token.ok()) return token.status();
  absl::StatusOr<std::string> url = endpoint.WebSocketUrl(*params, protocol_version);
  if (!url.ok()) return url.status();
  TransportRequest request{.url = *std::move(url), .headers = options.headers};
  if (!token->empty()) request.subprotocols = wire::AuthTokenSubprotocols(*token);
  request.auth_token = *std::move(token);
  return request;
}

}  // namespace phx::internal
