// What one attempt to connect asks for, made from the socket's options.
#ifndef PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_
#define PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "client/options.h"
#include "client/transport/transport.h"
#include "client/wire/endpoint_url.h"

namespace phx::internal {

// Asks the options' functions for params and token. Runs user code; what it throws becomes
// kInvalidArgument, and so do params that are not an object.
absl::StatusOr<TransportRequest> MakeConnectRequest(const wire::EndpointUrl& endpoint,
                                                    const SocketOptions& options,
                                                    std::string_view protocol_version);

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_CONNECT_REQUEST_H_
