// From a URL to an open WebSocket: name, TCP, TLS, HTTP upgrade, one after the other.
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/net/tls_context.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_options.h"
#include "client/wire/connection_info.h"

namespace phx {

// What all attempts of one factory share. Threads: any.
class WebSocketSettings {
 public:
  explicit WebSocketSettings(WebSocketOptions options);

  const WebSocketOptions& options() const { return options_; }

  // The TLS context, made at the first call.
  absl::StatusOr<net::TlsContext> Tls() const;

 private:
  const WebSocketOptions options_;
  mutable std::mutex mutex_;
  mutable std::optional<absl::StatusOr<net::TlsContext>> tls_;  // guarded by mutex_
};

// What became of an attempt.
struct DialResult {
  // Why it failed, naming the URL without its query; otherwise OK, and the rest is set.
  absl::Status status = {};
  HttpResponse refusal = {};  // the server's answer, if that is what it failed on
  std::optional<net::Stream> stream = std::nullopt;
  OpenInfo info = {};
  std::string leftover = {};  // what the server sent behind its answer
};

// Told of each stage when it begins, on the coroutine's executor.
using StageObserver = std::function<void(ConnectStage stage, std::string_view detail)>;

// Dial()
//
// Makes one attempt, without a bound in time. `observer` is not called before the coroutine has
// returned to the event loop once. Cancellation: terminal.
boost::asio::awaitable<DialResult> Dial(std::shared_ptr<const WebSocketSettings> settings,
                                        TransportRequest request, StageObserver observer);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_
