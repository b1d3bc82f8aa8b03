#include "mockserver/io_thread.h"

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/post.hpp"
#include "mockserver/channel.h"
#include "mockserver/connection.h"
#include "mockserver/shard.h"

namespace phx::mock {

// A concurrency hint of 1: only one thread runs the loop, which spares some locking.
IoThread::IoThread(Hub& hub)
    : context_(1), work_(boost::asio::make_work_guard(context_)), shard_(&hub) {
  hub.Connect(shard_, [this](std::function<void(Shard&)> task) {
    Post([task = std::move(task)](IoThread& thread) { task(thread.shard_); });
  });
}

IoThread::~IoThread() = default;

void IoThread::Start() {
  thread_ = std::thread([this] { context_.run(); });
}

void IoThread::Post(std::function<void(IoThread&)> task) {
  boost::asio::post(context_, [this, task = std::move(task)] {
    task(*this);
    FinishTurn();
  });
}

void IoThread::Stop() {
  Post([](IoThread& thread) {
    thread.is_stopping_ = true;
    thread.Visit(kEveryConnection, [](Connection& connection) { connection.Shutdown(); });
    if (thread.connections_.empty()) thread.work_.reset();
  });
}

void IoThread::Join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::Add(std::shared_ptr<Connection> connection) {
  if (is_stopping_) return;
  connections_.emplace(connection->id(), connection);
  connection->Start();
}

void IoThread::Visit(ConnectionId id, const std::function<void(Connection&)>& visit) {
  // From a copy: a connection may end, and remove itself, while it is visited.
  std::vector<std::shared_ptr<Connection>> visited;
  for (const auto& [key, connection] : connections_) {
    if (id == kEveryConnection || id == key) visited.push_back(connection);
  }
  for (const std::shared_ptr<Connection>& connection : visited) visit(*connection);
}

void IoThread::MarkDirty(std::shared_ptr<Connection> connection) {
  dirty_.push_back(std::move(connection));
}

void IoThread::FinishTurn() {
  do {
    shard_.FinishTurn(std::chrono::steady_clock::now());
    flushing_.swap(dirty_);
    // A channel that ends by a flush may give others work.
    for (const std::shared_ptr<Connection>& connection : flushing_) connection->Flush();
    flushing_.clear();
  } while (!dirty_.empty() || !shard_.mailbox().empty());
}

void IoThread::Remove(ConnectionId id) {
  connections_.erase(id);
  if (is_stopping_ && connections_.empty()) work_.reset();
}

}  // namespace phx::mock
