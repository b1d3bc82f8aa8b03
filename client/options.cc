#include "client/options.h"

#include "client/wire/close_info.h"

namespace phx {

ReconnectPredicate ReconnectLikePhoenixJs() {
  return [](const SocketClosed& closed) { return closed.info.code != wire::close_code::kNormal; };
}

}  // namespace phx
