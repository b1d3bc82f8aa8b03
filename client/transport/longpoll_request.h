// The HTTP requests of long polling, as text.
//
//   auto requests = LongPollRequests::Make({.url =
//   "wss://example.com/socket/websocket?vsn=2.0.0"}); requests->Poll({});                     //
//   GET /socket/longpoll?vsn=2.0.0 HTTP/1.1 … requests->Post(batch, {.in_header = "T"});
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_REQUEST_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_REQUEST_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "client/transport/longpoll_batch.h"
#include "client/transport/server_url.h"
#include "client/transport/transport.h"
#include "client/wire/connection_info.h"

namespace phx {

class LongPollRequests {
 public:
  // The session's token, where it is to stand; empty: not there.
  struct Token {
    std::string_view in_header = {};
    std::string_view in_query = {};
  };

  // LongPollRequests::Make()
  //
  // "/websocket" at the end of the URL's path becomes "/longpoll", which is appended if neither is
  // there. kInvalidArgument, showing no values, for a URL, a header or an auth token that cannot be
  // sent.
  static absl::StatusOr<LongPollRequests> Make(const TransportRequest& request);

  const ServerUrl& url() const { return url_; }

  std::string Poll(const Token& token) const;
  std::string Post(const LongPollBatch& batch, const Token& token) const;

 private:
  LongPollRequests() = default;

  std::string TargetWith(const Token& token) const;

  ServerUrl url_;
  HttpHeaders headers_;
  std::string auth_token_;
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_REQUEST_H_
