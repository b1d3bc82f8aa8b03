#include "client/wire/connection_info.h"

#include <string_view>

namespace phx {

std::string_view ToString(ConnectStage stage) {
  switch (stage) {
    case ConnectStage::kResolving: return "resolving";
    case ConnectStage::kConnecting: return "connecting to";
    case ConnectStage::kSecuring: return "TLS handshake with";
    case ConnectStage::kUpgrading: return "waiting for the upgrade by";
  }
  return "";
}

}  // namespace phx
