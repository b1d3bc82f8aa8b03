// LongPollOptions: what can be chosen about long polling. See longpoll_transport.h.
#ifndef PHX_CLIENT_TRANSPORT_LONGPOLL_OPTIONS_H_
#define PHX_CLIENT_TRANSPORT_LONGPOLL_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "client/transport/proxy_options.h"
#include "client/transport/tls_options.h"

namespace phx {

// Where the token stands that names the session. Whoever knows it can speak in the session, and
// URLs end up in the logs of proxies; but a server before Phoenix 1.8.10 looks for it only there.
enum class LongPollToken : std::uint8_t {
  // In the header. If the server turns out not to look there (it answers the first poll with
  // another new session), in the query for the rest of that connection.
  kAutomatic,
  kHeader,          // never in a URL
  kHeaderAndQuery,  // in both, for a server whose machines are just being updated
};

struct LongPollOptions {
  // For https:// (or wss://) URLs.
  TlsOptions tls = {};

  LongPollToken token = LongPollToken::kAutomatic;

  // How long a poll may stay unanswered. A server answers after 10 s at the latest (its window_ms):
  // longer silence means that the connection is dead. This is what heartbeats are to a WebSocket.
  std::chrono::milliseconds poll_timeout = std::chrono::seconds(20);

  // How long a POST may. The server itself gives up after 10 s.
  std::chrono::milliseconds post_timeout = std::chrono::seconds(20);

  // The largest answer to accept, in bytes: all messages of one poll. A larger one ends the
  // connection.
  std::size_t max_answer_size = std::size_t{64} << 20;

  // As in WebSocketOptions.
  bool tcp_nodelay = true;
  std::string local_address = {};
  std::chrono::milliseconds attempt_delay{250};
  ProxyOptions proxy = {};
};

}  // namespace phx

#endif  // PHX_CLIENT_TRANSPORT_LONGPOLL_OPTIONS_H_
