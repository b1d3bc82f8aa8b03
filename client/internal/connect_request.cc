#include "client/internal/connect_request.h"

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "client/wire/auth_token.h"

namespace phx::internal {

absl::StatusOr<TransportRequest> MakeConnectRequest(const wire::EndpointUrl& endpoint,
                                                    const nlohmann::json& params,
                                                    const std::string& auth_token,
                                                    const HttpHeaders& headers,
                                                    std::string_view protocol_version) {
  absl::StatusOr<std::string> url = endpoint.WebSocketUrl(params, protocol_version);
  if (!url.ok()) return url.status();
  TransportRequest request{.url = *std::move(url), .headers = headers};
  if (!auth_token.empty()) request.subprotocols = wire::AuthTokenSubprotocols(auth_token);
  request.auth_token = auth_token;
  return request;
}

}  // namespace phx::internal
