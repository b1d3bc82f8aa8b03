// ServerStats: what a server counts.
#ifndef PHX_MOCKSERVER_SERVER_STATS_H_
#define PHX_MOCKSERVER_SERVER_STATS_H_

#include <cstddef>
#include <cstdint>

namespace phx::mock {

struct ServerStats {
  // Now: TCP connections, whatever they speak, and sessions of long polling.
  std::size_t connections = 0;
  std::size_t longpoll_sessions = 0;
  // Now: channels that are joined.
  std::size_t channels = 0;

  // Since the start: messages of the channel protocol, by WebSocket or long polling, that came from
  // clients, and that were handed to their connections.
  std::uint64_t frames_received = 0;
  std::uint64_t frames_sent = 0;

  // Since the start: refused because there were too many (Limits::max_connections,
  // max_longpoll_sessions), …
  std::uint64_t refused_connections = 0;
  std::uint64_t refused_longpoll_sessions = 0;
  // … and ended because they did not take what waited for them (Limits::max_unsent_bytes).
  std::uint64_t slow_consumers = 0;

  friend bool operator==(const ServerStats&, const ServerStats&) = default;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SERVER_STATS_H_
