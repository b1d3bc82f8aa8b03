// Which serializer a client gets for its `vsn` parameter.
#ifndef PHX_MOCKSERVER_PROTOCOL_VERSION_H_
#define PHX_MOCKSERVER_PROTOCOL_VERSION_H_

#include <optional>
#include <string_view>

#include "mockserver/channel.h"

namespace phx::mock {

// A whole semantic version that satisfies Elixir's "~> 1.0.0" gives V1, "~> 2.0.0" V2: the patch
// level and build metadata do not matter, everything else does ("2", "2.0", "2.1.0" and
// "2.0.0-rc.1" give nullopt).
std::optional<ProtocolVersion> NegotiateVersion(std::string_view vsn);

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_PROTOCOL_VERSION_H_
