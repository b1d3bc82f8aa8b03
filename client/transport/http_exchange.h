// One request and its answer on an open connection.
#ifndef PHX_CLIENT_TRANSPORT_HTTP_EXCHANGE_H_
#define PHX_CLIENT_TRANSPORT_HTTP_EXCHANGE_H_

#include <string_view>

#include "absl/status/status.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/http_response_parser.h"
#include "client/wire/connection_info.h"

namespace phx {

// Exchange()
//
// Writes `request` and reads until `parser` is done, or fails with why it is not. A server may
// answer, and close, before it has read the whole request: then the answer counts. All arguments
// must outlive the coroutine. Cancellation: terminal.
boost::asio::awaitable<absl::Status> Exchange(net::Stream& stream, std::string_view request,
                                              HttpResponseParser& parser);

// HttpStatusError()
//
// What an answer other than the one that was hoped for means: kUnauthenticated (401),
// kPermissionDenied (403) or kUnavailable, with the status, its words, and where a redirection
// leads (which is not followed).
absl::Status HttpStatusError(const HttpResponse& response);

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_HTTP_EXCHANGE_H_
