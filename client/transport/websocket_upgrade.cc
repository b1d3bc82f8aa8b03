#include "client/transport/websocket_upgrade.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/net/io_result.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/net/to_status.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/transport.h"
#include "client/transport/websocket_url.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"
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

absl::string_view Absl(std::string_view text) { return {text.data(), text.size()}; }

bool IsSameName(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(Absl(a), Absl(b));
}

// RFC 9110 5.6.2.
bool IsTokenCharacter(char c) {
  const bool is_alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return is_alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), &IsTokenCharacter);
}

// RFC 9110 5.5: no line break, no NUL, no other control character but the tab.
bool IsFieldValue(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
  });
}

// A token, by RFC 6455 4.1. Phoenix's own auth token holds '/' and '=' as well (base64), which no
// server minds; what would end the list element cannot be sent.
bool IsSubprotocol(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return IsTokenCharacter(c) || c == '/' || c == '=';
  });
}

bool IsReserved(std::string_view name) {
  return std::any_of(kReserved.begin(), kReserved.end(),
                     [name](std::string_view reserved) { return IsSameName(name, reserved); });
}

absl::Status CheckHeaders(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers) {
    if (!IsToken(name) || !IsFieldValue(value)) {
      return absl::InvalidArgumentError(
          absl::StrCat("header \"", IsToken(name) ? name : "", "\" cannot be sent: its ",
                       IsToken(name) ? "value" : "name", " has a character that is not allowed"));
    }
    if (IsReserved(name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("header \"", name, "\" belongs to the WebSocket handshake"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckSubprotocols(const std::vector<std::string>& subprotocols) {
  if (std::all_of(subprotocols.begin(), subprotocols.end(), &IsSubprotocol)) {
    return absl::OkStatus();
  }
  // Not shown: a token may be in it.
  return absl::InvalidArgumentError(
      "a subprotocol is empty or has a character that is not allowed in a Sec-WebSocket-Protocol");
}

// Where a redirection leads, for people. Its query may hold a secret.
std::string RedirectionOf(const HttpResponse& response) {
  if (response.status < 300 || response.status > 399) return "";
  for (const auto& [name, value] : response.headers) {
    if (IsSameName(name, "Location")) {
      return absl::StrCat(" (a redirection to ", wire::RedactUrl(value),
                          ", which is not followed)");
    }
  }
  return "";
}

absl::Status Refusal(const HttpResponse& response) {
  const std::string message =
      absl::StrCat("HTTP ", response.status, response.reason.empty() ? "" : " ", response.reason,
                   RedirectionOf(response));
  switch (response.status) {
    case 401: return absl::UnauthenticatedError(message);
    case 403: return absl::PermissionDeniedError(message);
    default: return absl::UnavailableError(message);
  }
}

using boost::asio::awaitable;

constexpr auto kToken = boost::asio::as_tuple(boost::asio::use_awaitable);

// Waits until `stream` can do what `outcome` wants.
awaitable<absl::Status> Wait(net::Stream& stream, net::IoOutcome outcome) {
  boost::system::error_code error;
  if (outcome == net::IoOutcome::kWantWrite) {
    std::tie(error) = co_await stream.AsyncWaitWritable(kToken);
  } else {
    std::tie(error) = co_await stream.AsyncWaitReadable(kToken);
  }
  co_return net::ToStatus(error, "wait");
}

awaitable<absl::Status> Write(net::Stream& stream, std::string_view bytes) {
  while (!bytes.empty()) {
    const net::IoResult result = stream.TryWrite(bytes);
    if (result.outcome == net::IoOutcome::kDone) {
      bytes.remove_prefix(result.bytes);
    } else if (result.would_block()) {
      absl::Status status = co_await Wait(stream, result.outcome);
      if (!status.ok()) co_return status;
    } else {
      co_return result.status;
    }
  }
  co_return absl::OkStatus();
}

// One read into `parser`. The buffer is the thread's: it must not be held while waiting.
net::IoResult ReadSome(net::Stream& stream, HttpResponseParser& parser) {
  net::SharedReadBuffer buffer;
  net::IoResult result = stream.TryRead(buffer.bytes());
  if (result.outcome == net::IoOutcome::kDone) {
    result.status = parser.Feed({buffer.bytes().data(), result.bytes});
  } else if (result.outcome == net::IoOutcome::kEof) {
    result.status = parser.FeedEof();
  }
  return result;
}

awaitable<absl::Status> Read(net::Stream& stream, HttpResponseParser& parser) {
  while (!parser.is_done()) {
    const net::IoResult result = ReadSome(stream, parser);
    if (!result.status.ok()) co_return result.status;
    if (!result.would_block()) continue;
    absl::Status status = co_await Wait(stream, result.outcome);
    if (!status.ok()) co_return status;
  }
  co_return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> MakeUpgradeRequest(const WebSocketUrl& url,
                                               const TransportRequest& request,
                                               const wire::WebSocketOffer& offer) {
  if (absl::Status status = CheckHeaders(request.headers); !status.ok()) return status;
  if (absl::Status status = CheckSubprotocols(offer.subprotocols); !status.ok()) return status;
  const bool has_host =
      std::any_of(request.headers.begin(), request.headers.end(),
                  [](const auto& field) { return IsSameName(field.first, "Host"); });
  std::string text = absl::StrCat("GET ", url.target, " HTTP/1.1\r\n");
  if (!has_host) absl::StrAppend(&text, "Host: ", url.host_field, "\r\n");
  absl::StrAppend(&text,
                  "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ", offer.key,
                  "\r\nSec-WebSocket-Version: 13\r\n");
  if (!offer.subprotocols.empty()) {
    absl::StrAppend(&text, "Sec-WebSocket-Protocol: ", absl::StrJoin(offer.subprotocols, ", "),
                    "\r\n");
  }
  for (const auto& [name, value] : request.headers) {
    absl::StrAppend(&text, name, ": ", value, "\r\n");
  }
  text.append("\r\n");
  return text;
}

awaitable<UpgradeResult> Upgrade(net::Stream& stream, std::string request,
                                 wire::WebSocketOffer offer) {
  UpgradeResult result;
  HttpResponseParser parser({});
  // A server may refuse, and close, before it has read the request: then there is an answer all the
  // same.
  const absl::Status written = co_await Write(stream, request);
  result.status = co_await Read(stream, parser);
  if (!result.status.ok()) {
    if (!written.ok()) result.status = written;
    co_return result;
  }
  result.response = parser.TakeResponse();
  if (result.response.status != 101) {
    result.status = Refusal(result.response);
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
