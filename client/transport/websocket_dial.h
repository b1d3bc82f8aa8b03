// From a URL to an open WebSocket: name, TCP, TLS, HTTP upgrade, one after the other.
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/deflate_agreement.h"
#include "client/transport/deflate_options.h"
#include "client/transport/dialer.h"
#include "client/transport/stage_clock.h"
#include "client/transport/transport.h"
#include "client/wire/connection_info.h"

namespace phx {

// What became of an attempt.
struct DialResult {
  // Why it failed, naming the URL without its query; otherwise OK, and the rest is set.
  absl::Status status = {};
  HttpResponse refusal = {};  // the server's answer, if that is what it failed on
  std::optional<net::Stream> stream = std::nullopt;
  OpenInfo info = {};
  std::optional<DeflateAgreement> deflate = std::nullopt;  // how messages are compressed, if so
  std::string leftover = {};                               // what the server sent behind its answer
};

// Dial()
//
// Makes one attempt, without a bound in time. Offers compression if there is `deflate`. `observer`
// is called on the coroutine's executor, and not before the coroutine has returned to the event
// loop once. Cancellation: terminal.
boost::asio::awaitable<DialResult> Dial(std::shared_ptr<const Dialer> dialer,
                                        TransportRequest request,
                                        std::optional<DeflateOptions> deflate,
                                        StageObserver observer);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_DIAL_H_
