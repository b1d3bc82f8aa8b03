#include "client/transport/longpoll_request.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "boost/url/encode.hpp"
#include "boost/url/rfc/unreserved_chars.hpp"
#include "client/transport/http_request.h"
#include "client/transport/longpoll_batch.h"
#include "client/transport/server_url.h"
#include "client/transport/transport.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

constexpr std::string_view kTokenHeader = "X-Phoenix-Longpoll-Token";
constexpr std::string_view kAuthTokenHeader = "X-Phoenix-AuthToken";

// What the requests say themselves, and what would change the form of their answers.
constexpr std::array<std::string_view, 9> kReserved = {
    "Accept-Encoding",   "Connection", "Content-Length", "Content-Type",  "Expect",
    "Transfer-Encoding", "Upgrade",    kTokenHeader,     kAuthTokenHeader};

std::string LongPollTarget(std::string_view target) {
  const std::size_t path_end = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, path_end);
  while (path.ends_with('/')) path.remove_suffix(1);
  constexpr std::string_view kWebSocket = "/websocket";
  constexpr std::string_view kLongPoll = "/longpoll";
  if (path.ends_with(kWebSocket)) path.remove_suffix(kWebSocket.size());
  std::string result(path);
  if (!path.ends_with(kLongPoll)) result.append(kLongPoll);
  return result.append(target.substr(path_end));
}

std::string Encode(std::string_view text) {
  return boost::urls::encode(boost::core::string_view(text.data(), text.size()),
                             boost::urls::unreserved_chars);
}

HttpHeaders HeadersWith(const LongPollRequests::Token& token) {
  HttpHeaders headers = {{"Accept", "application/json"}};
  if (!token.in_header.empty()) headers.emplace_back(kTokenHeader, token.in_header);
  return headers;
}

}  // namespace

absl::StatusOr<LongPollRequests> LongPollRequests::Make(const TransportRequest& request) {
  auto url = ParseServerUrl(request.url);
  if (!url.ok()) return url.status();
  if (absl::Status status = CheckHeaders(request.headers, kReserved, "long polling");
      !status.ok()) {
    return status;
  }
  if (!IsFieldValue(request.auth_token)) {
    return absl::InvalidArgumentError(
        "the auth token has a character that an HTTP header cannot hold, and long polling sends it "
        "in one; encode it, for example as base64");
  }
  LongPollRequests requests;
  requests.url_ = *std::move(url);
  requests.url_.target = LongPollTarget(requests.url_.target);
  requests.headers_ = request.headers;
  requests.auth_token_ = request.auth_token;
  return requests;
}

std::string LongPollRequests::TargetWith(const Token& token) const {
  if (token.in_query.empty()) return url_.target;
  const bool has_query = url_.target.find('?') != std::string::npos;
  return absl::StrCat(url_.target, has_query ? "&" : "?", "token=", Encode(token.in_query));
}

std::string LongPollRequests::Poll(const Token& token) const {
  HttpHeaders own = HeadersWith(token);
  if (!auth_token_.empty()) own.emplace_back(kAuthTokenHeader, auth_token_);
  const std::string target = TargetWith(token);
  return HttpRequestText({.method = "GET", .target = target, .host = url_.host_field}, own,
                         headers_);
}

std::string LongPollRequests::Post(const LongPollBatch& batch, const Token& token) const {
  HttpHeaders own = HeadersWith(token);
  own.emplace_back("Content-Type", batch.content_type);
  own.emplace_back("Content-Length", absl::StrCat(batch.body.size()));
  const std::string target = TargetWith(token);
  return HttpRequestText({.method = "POST", .target = target, .host = url_.host_field}, own,
                         headers_, batch.body);
}

}  // namespace phx
