#include "client/transport/http_connection.h"

#include <chrono>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/io_result.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/transport/http_exchange.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/server_url.h"
#include "client/transport/stage_clock.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

using boost::asio::awaitable;
using std::chrono::steady_clock;

// Servers and proxies close connections that are idle for about a minute. One that might be closed
// while a request is on its way to it is not used any more.
constexpr std::chrono::seconds kMaxIdle{15};

}  // namespace

awaitable<absl::StatusOr<HttpResponse>> HttpConnection::Exchange(const ServerUrl& url,
                                                                 Request request,
                                                                 StageClock& clock) {
  DropIfStale();
  if (stream_) {
    bool has_begun = false;
    absl::StatusOr<HttpResponse> response = co_await Ask(request.text, has_begun);
    if (response.ok() || has_begun || !request.may_repeat) co_return response;
  }
  absl::StatusOr<net::Stream> stream = co_await dialer_->Dial(url, clock);
  if (!stream.ok()) co_return stream.status();
  stream_ = *std::move(stream);
  clock.Enter(ConnectStage::kUpgrading, remote_address());
  bool has_begun = false;
  co_return co_await Ask(request.text, has_begun);
}

awaitable<absl::StatusOr<HttpResponse>> HttpConnection::Ask(const std::string& text,
                                                            bool& has_begun) {
  HttpResponseParser parser(limits_);
  absl::Status status = co_await phx::Exchange(*stream_, text, parser);
  has_begun = parser.has_begun();
  if (status.ok() && parser.is_cut()) {
    status = absl::ResourceExhaustedError(
        absl::StrCat("an HTTP answer of more than ", limits_.max_body, " bytes"));
  }
  const bool is_reusable = status.ok() && parser.keeps_alive() && parser.TakeLeftover().empty();
  if (!is_reusable) Close();
  idle_since_ = steady_clock::now();
  if (!status.ok()) co_return status;
  co_return parser.TakeResponse();
}

// An idle connection has nothing to say but that it is over.
void HttpConnection::DropIfStale() {
  if (!stream_) return;
  net::SharedReadBuffer buffer;
  const bool is_quiet = stream_->TryRead(buffer.bytes()).would_block();
  if (!is_quiet || steady_clock::now() - idle_since_ > kMaxIdle) stream_.reset();
}

// An exchange under way may look at the stream once more: it stays until the next one begins.
void HttpConnection::Close() {
  if (stream_) stream_->Close();
}

std::string HttpConnection::remote_address() const {
  return stream_ ? stream_->remote_address() : std::string();
}

}  // namespace phx
