// SocketOptions: everything that can be set on a Socket. All fields have defaults that suit a
// client of an unmodified Phoenix server; a changed field is all that an application writes.
//
//   phx::SocketOptions options;
//   options.auth_token = [] { return LoadToken(); };   // asked before every attempt to connect
//   options.params = {{"device", "robot-7"}};
//   options.heartbeat_interval = 15s;
//   phx::Socket socket(executor, "wss://example.com/socket", options);
#ifndef PHX_CLIENT_OPTIONS_H_
#define PHX_CLIENT_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "client/core/backoff.h"
#include "client/core/options.h"
#include "client/logger.h"
#include "client/transport/deflate_options.h"
#include "client/transport/proxy_options.h"
#include "client/transport/tls_options.h"
#include "client/transport/transport.h"
#include "client/value_or_function.h"
#include "client/wire/serializer.h"
#include "nlohmann/json.hpp"

namespace phx {

using wire::Serializer;

// What a socket sends in the URL's query: an object.
using ConnectParams = JsonOrFunction;

// What a channel sends with its join: any JSON; the function is asked at every join and rejoin, and
// its time counts to the join's timeout.
using JoinParams = JsonOrFunction;

// What to connect by when the first transport does not get through, and when that is. A connection
// is healthy once the server has answered a heartbeat or a join on it. If no connection of the
// first transport ever was, one failed attempt is enough; otherwise it takes `max_unhealthy` in a
// row. Where both fail they take turns.
struct FallbackOptions {
  // Empty: long polling (longpoll_transport.h), with the socket's `tls`, `proxy` and
  // `max_message_size`.
  TransportFactory transport = {};

  // How long dialling, and then the first heartbeat's answer, may take as long as no connection of
  // the first transport was healthy. A heartbeat is sent at each opening.
  std::chrono::milliseconds health_timeout{2500};

  int max_unhealthy = 3;  // at least 1

  // How long the fallback is used, unless it fails `max_unhealthy` times in a row, before the first
  // transport is tried again, for which a connection that stands is replaced; its channels rejoin.
  std::chrono::milliseconds memory = std::chrono::minutes(30);
};

struct SocketOptions {
  // Sent in the URL's query with every connect: a JSON object, null, or a function that gives one,
  // now or later (value_or_function.h). It is asked before every attempt, and the token's function
  // after it; their time counts to connect_timeout. If one fails, so does the attempt, with its
  // error, and the next one asks again.
  ConnectParams params = {};

  // Authenticates the connection as Phoenix 1.8's `auth_token: true` expects it. Empty: none.
  ValueOrFunction<std::string> auth_token = {};

  // Sent with the handshake, such as {"Authorization", "Bearer …"} or {"Origin", "https://…"}.
  HttpHeaders headers = {};

  // How long one attempt may take, from the asking for params to the server's HTTP answer.
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);

  // How long a server may take to answer our close before the connection is dropped.
  std::chrono::milliseconds close_timeout = std::chrono::seconds(2);

  // How long joins, leaves and pushes wait for their reply, where the call does not say. Zero, here
  // and there: for ever.
  std::chrono::milliseconds push_timeout = std::chrono::seconds(10);

  // From the opening, or from a heartbeat's reply, to the next heartbeat. Keep it below half of the
  // server's idle timeout (60 s by default). Zero: no heartbeats.
  std::chrono::milliseconds heartbeat_interval = std::chrono::seconds(30);

  // How long a heartbeat may stay unanswered before the connection is given up. A server runs joins
  // in the same process as heartbeats: a join that may take longer than this ends the connection
  // before its own timeout is over, and is begun anew on the next one. So a join's timeout should
  // be at most this long, as it is by default; where it is longer, a warning says so, once.
  std::chrono::milliseconds heartbeat_timeout = std::chrono::seconds(10);

  // Waits before the n-th reconnect and rejoin; empty: DefaultReconnectAfter, DefaultRejoinAfter.
  BackoffFunction reconnect_after = {};
  BackoffFunction rejoin_after = {};

  // A server that refuses a connection may say how long it wants to be left alone, by the header
  // Retry-After of its answer (often with 503 or 429; by WebSocket or long polling). The wait
  // before the next attempt then begins only after that long, but at most this; Reconnect() does
  // not wait. Zero: the header is not heeded.
  std::chrono::milliseconds max_retry_after = std::chrono::minutes(5);

  // Spreads every such wait over 1 ± jitter times its length. 0: exactly the tables.
  double jitter = 0.5;

  // Whether to connect again, and to join again. Empty: always; only Disconnect() and Leave() end
  // it. ReconnectLikePhoenixJs() is phoenix.js's rule.
  ReconnectPredicate should_reconnect = {};
  RejoinPredicate should_rejoin = {};

  // How many joins may be under way at once on this socket; zero: no limit.
  std::size_t max_joins_in_flight = 100;

  // Messages that are kept while they cannot be sent: those of Socket::Push until the socket opens,
  // and those of each channel until it is joined. What happens beyond that, `overflow` says.
  std::size_t max_send_buffer = 1000;
  std::size_t max_push_buffer = 1000;
  OverflowPolicy overflow = OverflowPolicy::kFail;

  // Bytes that may wait for a slow network while the socket is open; a push beyond that fails with
  // kResourceExhausted.
  std::size_t max_backlog = std::size_t{16} << 20U;

  // The largest message that is accepted; a larger one closes the connection with 1009.
  std::size_t max_message_size = std::size_t{64} << 20U;

  // The protocol version. Empty: V2. std::make_shared<JsonSerializerV1>() for old servers.
  std::shared_ptr<const Serializer> serializer = {};

  // Empty: warnings and errors go to standard error.
  std::shared_ptr<Logger> logger = {};

  // How wss:// connections are secured.
  TlsOptions tls = {};

  // Offers compression of messages on WebSockets: `options.deflate.emplace();` Empty: no.
  std::optional<DeflateOptions> deflate = {};

  // The HTTP proxy to go through: HttpProxy("http://proxy:3128"), ProxyFromEnvironment(). None by
  // default. Transports of your own have their own options.
  ProxyOptions proxy = {};

  // Empty: the WebSocket transport.
  TransportFactory transport = {};

  // For networks that let no WebSocket through: `options.fallback.emplace();` Empty: nothing else
  // is tried.
  std::optional<FallbackOptions> fallback = {};
};

// phoenix.js's rule: a close with code 1000 by the server ends the wish to be connected.
ReconnectPredicate ReconnectLikePhoenixJs();

}  // namespace phx

#endif  // PHX_CLIENT_OPTIONS_H_
