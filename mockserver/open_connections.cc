#include "mockserver/open_connections.h"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <vector>

#include "mockserver/channel.h"

namespace phx::mock {

void OpenConnections::Add(ConnectionId connection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.insert(connection);
  changed_.notify_all();
}

void OpenConnections::Remove(ConnectionId connection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.erase(connection);
  changed_.notify_all();
}

std::vector<ConnectionId> OpenConnections::All() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return {open_.begin(), open_.end()};
}

bool OpenConnections::Await(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return open_.size() == count; });
}

}  // namespace phx::mock
