// OpenConnections: the WebSocket connections of a server that are open now, for those who wait.
#ifndef PHX_MOCKSERVER_OPEN_CONNECTIONS_H_
#define PHX_MOCKSERVER_OPEN_CONNECTIONS_H_

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <set>
#include <vector>

#include "mockserver/channel.h"

namespace phx::mock {

// Threads: any.
class OpenConnections {
 public:
  void Add(ConnectionId connection);
  void Remove(ConnectionId connection);

  // Oldest first.
  std::vector<ConnectionId> All() const;

  // Waits until there are `count`; false if that takes longer than `timeout`.
  bool Await(std::size_t count, std::chrono::milliseconds timeout) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::set<ConnectionId> open_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_OPEN_CONNECTIONS_H_
