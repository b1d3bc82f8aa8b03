#include "client/transport/websocket_dial.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/deflate_agreement.h"
#include "client/transport/deflate_options.h"
#include "client/transport/dialer.h"
#include "client/transport/server_url.h"
#include "client/transport/stage_clock.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_upgrade.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"
#include "client/wire/websocket_handshake.h"

namespace phx {
namespace {

using boost::asio::awaitable;

awaitable<absl::Status> Attempt(const Dialer& dialer, const TransportRequest& request,
                                const std::optional<DeflateOptions>& deflate, StageClock& clock,
                                DialResult& result) {
  const auto url = ParseServerUrl(request.url);
  if (!url.ok()) co_return url.status();
  if (deflate) {
    const absl::Status possible = CheckDeflateOptions(*deflate);
    if (!possible.ok()) co_return possible;
  }
  const wire::WebSocketOffer offer{.key = wire::NewWebSocketKey(),
                                   .subprotocols = request.subprotocols,
                                   .extensions = deflate ? DeflateOffer(*deflate) : ""};
  auto text = MakeUpgradeRequest(*url, request, offer);
  if (!text.ok()) co_return text.status();

  absl::StatusOr<net::Stream> stream = co_await dialer.Dial(*url, clock);
  if (!stream.ok()) co_return stream.status();
  result.stream = *std::move(stream);
  result.info.transport = transport_name::kWebSocket;
  result.info.remote_address = result.stream->remote_address();
  clock.Enter(ConnectStage::kUpgrading, result.info.remote_address);
  UpgradeResult upgrade = co_await Upgrade(*result.stream, *std::move(text), offer);
  if (!upgrade.status.ok()) {
    result.refusal = std::move(upgrade.response);
    co_return upgrade.status;
  }
  if (deflate) {
    auto agreement = ParseDeflateAnswer(*deflate, upgrade.response.headers);
    if (!agreement.ok()) co_return agreement.status();
    result.deflate = *agreement;
  }
  result.info.response = std::move(upgrade.response);
  result.info.subprotocol = std::move(upgrade.subprotocol);
  result.leftover = std::move(upgrade.leftover);
  co_return absl::OkStatus();
}

}  // namespace

awaitable<DialResult> Dial(std::shared_ptr<const Dialer> dialer, TransportRequest request,
                           std::optional<DeflateOptions> deflate, StageObserver observer) {
  // Nothing happens inside the call that starts it. And Asio lets an exception escape when a
  // coroutine is cancelled before it has waited for anything.
  co_await boost::asio::post(boost::asio::use_awaitable);
  StageClock clock(std::move(observer));
  DialResult result;
  result.status = co_await Attempt(*dialer, request, deflate, clock, result);
  if (result.status.ok()) {
    clock.Stop();
    result.info.timings = clock.timings();
  } else {
    result.stream.reset();
    result.status = absl::Status(
        result.status.code(),
        absl::StrCat("connect to ", wire::RedactUrl(request.url), ": ", result.status.message()));
  }
  co_return result;
}

}  // namespace phx
