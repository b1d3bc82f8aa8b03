// IoThread: one event loop of the server, its thread, its shard, and the connections that live
// there.
#ifndef PHX_MOCKSERVER_IO_THREAD_H_
#define PHX_MOCKSERVER_IO_THREAD_H_

#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/io_context.hpp"
#include "mockserver/channel.h"
#include "mockserver/connection.h"
#include "mockserver/connection_home.h"
#include "mockserver/long_poll_session.h"
#include "mockserver/shard.h"

namespace phx::mock {

// Held by shared_ptr, also by its connections: one that is still held elsewhere, by a handle on its
// way, never outlives its event loop.
class IoThread final : public ConnectionHome {
 public:
  explicit IoThread(Hub& hub);
  ~IoThread() override;

  void Start();

  // Runs `task` on the thread, as a turn of its own. Any thread.
  void Post(std::function<void(IoThread&)> task);

  // CloseAll(), and the end of the thread when they are gone. Any thread; Join() waits for it.
  void Stop();
  void Join();

  // On the thread.
  //
  // Ends all connections as Connection::Shutdown() says, and all sessions of long polling.
  void CloseAll();
  void Add(std::shared_ptr<Connection> connection);
  // Calls `visit` for the connection of that id, or for all if it is kEveryConnection.
  void Visit(ConnectionId id, const std::function<void(Connection&)>& visit);
  // The same for sessions of long polling.
  void VisitSessions(ConnectionId id, const std::function<void(LongPollSession&)>& visit);

  // ConnectionHome
  boost::asio::io_context& context() override { return context_; }
  Shard& shard() override { return shard_; }
  // For other threads: its counters.
  const Shard& shard() const { return shard_; }
  void MarkDirty(std::shared_ptr<Flushable> dirty) override;
  void FinishTurn() override;
  void Add(std::shared_ptr<LongPollSession> session) override;
  void Remove(ConnectionId id) override;

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  void ReleaseWork();

  boost::asio::io_context context_;
  WorkGuard work_;
  Shard shard_;
  std::unordered_map<ConnectionId, std::shared_ptr<Connection>> connections_;
  std::unordered_map<ConnectionId, std::shared_ptr<LongPollSession>> sessions_;
  std::vector<std::shared_ptr<Flushable>> dirty_;
  std::vector<std::shared_ptr<Flushable>> flushing_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_IO_THREAD_H_
