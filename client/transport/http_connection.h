// HttpConnection: a connection to an HTTP server that is kept from one exchange to the next, and
// made anew when it is not there any more.
#ifndef PHX_CLIENT_TRANSPORT_HTTP_CONNECTION_H_
#define PHX_CLIENT_TRANSPORT_HTTP_CONNECTION_H_

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "client/net/stream.h"
#include "client/transport/dialer.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/server_url.h"
#include "client/transport/stage_clock.h"
#include "client/wire/connection_info.h"

namespace phx {

// Use it on one executor. One exchange at a time.
class HttpConnection {
 public:
  struct Request {
    std::string text = {};

    // Whether the request may be made again when a connection that had served before ends without
    // a byte of an answer: the server may have closed it just as the request was under way, or it
    // may not, and have acted upon the request. Never for a POST (RFC 9110 9.2.2).
    bool may_repeat = false;
  };

  HttpConnection(std::shared_ptr<const Dialer> dialer, HttpResponseParser::Limits limits)
      : dialer_(std::move(dialer)), limits_(limits) {}

  // HttpConnection::Exchange()
  //
  // Connects to the server of `url`, always the same one, unless there is a connection, and makes
  // the request. Any HTTP status is a success. kUnavailable where there is no answer,
  // kResourceExhausted for one over the limit. There is no bound in time. This object and `clock`
  // must outlive the coroutine. Cancellation: terminal.
  boost::asio::awaitable<absl::StatusOr<HttpResponse>> Exchange(const ServerUrl& url,
                                                                Request request, StageClock& clock);

  // Closes the connection. An exchange that is under way on it fails.
  void Close();

  // The server's address; empty while there is no connection.
  std::string remote_address() const;

 private:
  boost::asio::awaitable<absl::StatusOr<HttpResponse>> Ask(const std::string& text,
                                                           bool& has_begun);
  void DropIfStale();

  const std::shared_ptr<const Dialer> dialer_;
  const HttpResponseParser::Limits limits_;
  std::optional<net::Stream> stream_;
  std::chrono::steady_clock::time_point idle_since_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_HTTP_CONNECTION_H_
