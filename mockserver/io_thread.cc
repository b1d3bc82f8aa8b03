#include "mockserver/io_thread.h"

#include <chrono>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "boost/asio/executor_work_guard.hpp"
#include "boost/asio/post.hpp"
#include "mockserver/channel.h"
#include "mockserver/connection.h"
#include "mockserver/long_poll_session.h"
#include "mockserver/shard.h"

namespace phx::mock {
namespace {

// Those with that id, or all if it is kEveryConnection. Copied: one may end, and be removed, while
// it is visited.
template <typename T>
std::vector<std::shared_ptr<T>> Select(
    const std::unordered_map<ConnectionId, std::shared_ptr<T>>& from, ConnectionId id) {
  std::vector<std::shared_ptr<T>> selected;
  for (const auto& [key, value] : from) {
    if (id == kEveryConnection || id == key) selected.push_back(value);
  }
  return selected;
}

}  // namespace

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
    thread.CloseAll();
    thread.ReleaseWork();
  });
}

void IoThread::CloseAll() {
  Visit(kEveryConnection, [](Connection& connection) { connection.Shutdown(); });
  VisitSessions(kEveryConnection, [](LongPollSession& session) { session.End(); });
}

void IoThread::ReleaseWork() {
  if (is_stopping_ && connections_.empty() && sessions_.empty()) work_.reset();
}

void IoThread::Join() {
  if (thread_.joinable()) thread_.join();
}

void IoThread::Add(std::shared_ptr<Connection> connection) {
  if (is_stopping_) return;
  connections_.emplace(connection->id(), connection);
  connection->Start();
}

void IoThread::Add(std::shared_ptr<LongPollSession> session) {
  LongPollSession& added = *sessions_.emplace(session->id(), session).first->second;
  if (is_stopping_) added.End();
}

void IoThread::Visit(ConnectionId id, const std::function<void(Connection&)>& visit) {
  for (const std::shared_ptr<Connection>& visited : Select(connections_, id)) visit(*visited);
}

void IoThread::VisitSessions(ConnectionId id, const std::function<void(LongPollSession&)>& visit) {
  for (const std::shared_ptr<LongPollSession>& visited : Select(sessions_, id)) visit(*visited);
}

void IoThread::MarkDirty(std::shared_ptr<Flushable> dirty) { dirty_.push_back(std::move(dirty)); }

void IoThread::FinishTurn() {
  do {
    shard_.FinishTurn(std::chrono::steady_clock::now());
    flushing_.swap(dirty_);
    // A channel that ends by a flush may give others work.
    for (const std::shared_ptr<Flushable>& dirty : flushing_) dirty->Flush();
    flushing_.clear();
  } while (!dirty_.empty() || !shard_.mailbox().empty());
}

void IoThread::Remove(ConnectionId id) {
  connections_.erase(id);
  sessions_.erase(id);
  ReleaseWork();
}

}  // namespace phx::mock
