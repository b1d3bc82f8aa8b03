// What is known of a connection when it opens and when it ends. Plain values, shared by the
// transports that find these things out and the socket that reports them.
#ifndef PHX_CLIENT_WIRE_CONNECTION_INFO_H_
#define PHX_CLIENT_WIRE_CONNECTION_INFO_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/wire/close_info.h"

namespace phx {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// Where an attempt is; what a connect timeout says it was waiting for.
enum class ConnectStage : std::uint8_t {
  kResolving,   // DNS
  kConnecting,  // TCP
  kSecuring,    // TLS handshake
  kUpgrading,   // HTTP request sent, waiting for its answer
};
std::string_view ToString(ConnectStage stage);

// How long each stage of a successful attempt took; zero where there was none.
struct ConnectTimings {
  std::chrono::nanoseconds resolve{0};
  std::chrono::nanoseconds connect{0};
  std::chrono::nanoseconds secure{0};
  std::chrono::nanoseconds upgrade{0};
};

// An HTTP answer, as far as a handshake is concerned. `status` 0: none came.
struct HttpResponse {
  int status = 0;
  std::string reason = {};
  HttpHeaders headers = {};  // names as the server wrote them
  std::string body = {};     // at most the first 4 KiB
};

struct OpenInfo {
  std::string transport = {};       // "websocket", "longpoll", or a name of your own transport's
  HttpResponse response = {};       // the server's answer to the handshake
  std::string subprotocol = {};     // the one that the server chose; empty if none
  std::string remote_address = {};  // "127.0.0.1:4000", "[::1]:4000"
  ConnectTimings timings = {};
};

// The end of an attempt or of a connection.
struct TransportClosed {
  wire::CloseInfo info = {};  // 1006 where no close frame came
  bool was_clean = false;     // both close frames were exchanged
  // Why, when it was not the peer's close frame: connection refused, TLS verification failed, HTTP
  // 403, reset, a frame against the protocol. OK after a clean close. Names the URL without its
  // query. kUnauthenticated / kPermissionDenied for HTTP 401 / 403, kUnavailable for the rest of
  // the network's faults, kInvalidArgument for a request that cannot be made.
  absl::Status status = {};
  // The refusal, if the server answered the handshake with one, or by long polling a later request.
  HttpResponse response = {};
  // How long the server asks to be left alone: what `response` has as Retry-After. The socket fills
  // it in, unless the transport has.
  std::optional<std::chrono::seconds> retry_after = {};
};

}  // namespace phx

#endif  // PHX_CLIENT_WIRE_CONNECTION_INFO_H_
