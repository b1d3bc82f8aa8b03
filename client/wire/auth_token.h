// The authentication token as Phoenix 1.8 takes it on a WebSocket: a subprotocol.
#ifndef PHX_CLIENT_WIRE_AUTH_TOKEN_H_
#define PHX_CLIENT_WIRE_AUTH_TOKEN_H_

#include <string>
#include <string_view>
#include <vector>

namespace phx::wire {

// The subprotocols that carry `token`: "phoenix", which the server selects, and the token itself.
// In spite of its prefix the token is in the standard base64 alphabet, without padding: that is
// what phoenix.js sends and what the server decodes. Any bytes will do.
std::vector<std::string> AuthTokenSubprotocols(std::string_view token);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_AUTH_TOKEN_H_
