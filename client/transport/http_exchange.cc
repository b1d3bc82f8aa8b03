#include "client/transport/http_exchange.h"

#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/as_tuple.hpp"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/net/to_status.h"
#include "client/transport/http_request.h"
#include "client/transport/http_response_parser.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"

namespace phx {
namespace {

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

// Where a redirection leads, for people. Its query may hold a secret.
std::string RedirectionOf(const HttpResponse& response) {
  if (response.status < 300 || response.status > 399) return "";
  for (const auto& [name, value] : response.headers) {
    if (IsSameHeader(name, "Location")) {
      return absl::StrCat(" (a redirection to ", wire::RedactUrl(value),
                          ", which is not followed)");
    }
  }
  return "";
}

}  // namespace

awaitable<absl::Status> Exchange(net::Stream& stream, std::string_view request,
                                 HttpResponseParser& parser) {
  const absl::Status written = co_await Write(stream, request);
  absl::Status read = co_await Read(stream, parser);
  co_return read.ok() || written.ok() ? read : written;
}

absl::Status HttpStatusError(const HttpResponse& response) {
  const std::string message =
      absl::StrCat("HTTP ", response.status, response.reason.empty() ? "" : " ", response.reason,
                   RedirectionOf(response));
  switch (response.status) {
    case 401: return absl::UnauthenticatedError(message);
    case 403: return absl::PermissionDeniedError(message);
    default: return absl::UnavailableError(message);
  }
}

}  // namespace phx
