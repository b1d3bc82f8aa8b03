// What one attempt to connect asks for, made from the socket's options.
#ifndef PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_
#define PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/transport/transport.h"
#include "client/wire/endpoint_url.h"
#include "nlohmann/json.hpp"

namespace phx::internal {

// kInvalidArgument if the params are not an object. No token: an empty one.
absl::StatusOr<TransportRequest> MakeConnectRequest(const wire::EndpointUrl& endpoint,
                                                    const nlohmann::json& params,
                                                    const std::string& auth_token,
                                                    const HttpHeaders& headers,
                                                    std::string_view protocol_version);

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_
