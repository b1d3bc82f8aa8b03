// ServerContext: what all connections of a server share.
#ifndef PHX_MOCKSERVER_SERVER_CONTEXT_H_
#define PHX_MOCKSERVER_SERVER_CONTEXT_H_

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "client/net/tls_context.h"
#include "mockserver/channel.h"
#include "mockserver/endpoint.h"
#include "mockserver/fault_book.h"
#include "mockserver/flavor.h"
#include "mockserver/limits.h"
#include "mockserver/long_poll_sessions.h"
#include "mockserver/observer.h"
#include "mockserver/open_connections.h"
#include "mockserver/quota.h"
#include "mockserver/races.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

struct ServerContext {
  ServerContext(std::vector<UserSocket> sockets, Flavor flavor, RequestHandler on_request,
                const Limits& most)
      : endpoint(std::move(sockets), flavor, std::move(on_request)),
        limits(most),
        connections(most.max_connections),
        longpoll_sessions(most.max_longpoll_sessions) {}

  Endpoint endpoint;
  const Limits limits;
  Quota connections;
  Quota longpoll_sessions;
  std::atomic<std::uint64_t> slow_consumers{0};
  std::optional<net::TlsContext> tls;
  Races races;
  std::chrono::milliseconds close_timeout{1000};
  std::unique_ptr<Observer> observer;  // may be null
  FaultBook faults;
  OpenConnections open;
  // From a seed of its own, so that no token of a server that was here before is taken for one.
  LongPollSessions sessions{std::random_device{}()};
  std::atomic<ConnectionId> next_id{1};
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SERVER_CONTEXT_H_
