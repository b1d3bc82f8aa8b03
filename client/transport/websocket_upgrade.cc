#include "client/transport/websocket_upgrade.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/http_exchange.h"
#include "client/transport/http_request.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/server_url.h"
#include "client/transport/transport.h"
#include "client/wire/connection_info.h"
#include "client/wire/websocket_handshake.h"

namespace phx {
namespace {

// What the handshake itself says, or what would give the request a body.
constexpr std::array<std::string_view, 9> kReserved = {"Connection",
                                                       "Content-Length",
                                                       "Sec-WebSocket-Accept",
                                                       "Sec-WebSocket-Extensions",
                                                       "Sec-WebSocket-Key",
                                                       "Sec-WebSocket-Protocol",
                                                       "Sec-WebSocket-Version",
                                                       "Transfer-Encoding",
                                                       "Upgrade"};

// A token, by RFC 6455 4.1. Phoenix's own auth token holds '/' and '=' as well (base64), which no
// server minds; what would end the list element cannot be sent.
bool IsSubprotocol(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsTokenCharacter(c) || c == '/' || c == '=';
  });
}

absl::Status CheckSubprotocols(const std::vector<std::string>& subprotocols) {
  if (std::all_of(subprotocols.begin(), subprotocols.end(), &IsSubprotocol)) {
    return absl::OkStatus();
  }
  // Not shown: a token may be in it.
  return absl::InvalidArgumentError(
      "a subprotocol is empty or has a character that is not allowed in a Sec-WebSocket-Protocol");
}

}  // namespace

absl::StatusOr<std::string> MakeUpgradeRequest(const ServerUrl& url,
                                               const TransportRequest& request,
                                               const wire::WebSocketOffer& offer) {
  absl::Status status = CheckHeaders(request.headers, kReserved, "the WebSocket handshake");
  if (status.ok()) status = CheckSubprotocols(offer.subprotocols);
  if (!status.ok()) return status;
  HttpHeaders own = {{"Upgrade", "websocket"},
                     {"Connection", "Upgrade"},
                     {"Sec-WebSocket-Key", offer.key},
                     {"Sec-WebSocket-Version", "13"}};
  if (!offer.subprotocols.empty()) {
    own.emplace_back("Sec-WebSocket-Protocol", absl::StrJoin(offer.subprotocols, ", "));
  }
  if (!offer.extensions.empty()) own.emplace_back("Sec-WebSocket-Extensions", offer.extensions);
  return HttpRequestText({.method = "GET", .target = url.target, .host = url.host_field}, own,
                         request.headers);
}

boost::asio::awaitable<UpgradeResult> Upgrade(net::Stream& stream, std::string request,
                                              wire::WebSocketOffer offer) {
  UpgradeResult result;
  HttpResponseParser parser({});
  result.status = co_await Exchange(stream, request, parser);
  if (!result.status.ok()) co_return result;
  result.response = parser.TakeResponse();
  if (result.response.status != 101) {
    result.status = HttpStatusError(result.response);
    co_return result;
  }
  auto subprotocol =
      wire::CheckWebSocketAnswer(result.response.status, result.response.headers, offer);
  result.status = subprotocol.status();
  if (subprotocol.ok()) result.subprotocol = *std::move(subprotocol);
  result.leftover = parser.TakeLeftover();
  co_return result;
}

}  // namespace phx
