// VirtualServer: the mock server's cores with the ready set, without a network and in virtual time.
#ifndef PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_
#define PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mockserver/admin_requests.h"
#include "mockserver/channel.h"
#include "mockserver/endpoint.h"
#include "mockserver/long_poll_exchange.h"
#include "mockserver/long_poll_sessions.h"
#include "mockserver/session_core.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "testing/goldens/golden_case.h"
#include "testing/goldens/replay_target.h"

namespace phx::test {

class VirtualServer final : public ReplayTarget,
                            private mock::LongPollHome,
                            private mock::AdminTarget {
 public:
  explicit VirtualServer(const GoldenCase& golden);
  ~VirtualServer() override;

  void Request(const std::string& connection, const RawRequest& request) override;
  void Send(const std::string& connection, std::string_view bytes) override;
  void Disconnect(const std::string& connection) override;
  void AdvanceTo(std::chrono::milliseconds time) override;
  std::optional<ServerEvent> Await(const std::string& connection) override;
  std::optional<ServerEvent> Poll(const std::string& connection) override;
  void StopServer() override;

 private:
  class Connection;
  class Exchange;
  class Session;

  // LongPollHome
  const mock::Endpoint& endpoint() override { return endpoint_; }
  mock::LongPollSessions& sessions() override { return tokens_; }
  bool StartSession(const mock::UserSocket& socket, const std::string& topic,
                    mock::Admission admission) override;

  // AdminTarget
  void Broadcast(std::string_view topic, std::string_view event,
                 const mock::Json& payload) override;
  void StopEndpoint(std::chrono::milliseconds delay) override;
  std::size_t process_count() override { return connections_.size(); }

  mock::SessionOptions OptionsFor(const mock::UserSocket& socket, mock::Admission admission);
  // Runs `task` later, as a turn of its own.
  void Post(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void FinishTurn();
  void RunTurns();
  // The next deadline of anything.
  std::optional<mock::TimePoint> NextDeadline() const;
  void RunUntil(mock::TimePoint time);

  const GoldenCase golden_;
  mock::Endpoint endpoint_;
  mock::LongPollSessions tokens_{1};
  mock::Shard shard_;
  mock::TimePoint now_;
  mock::ConnectionId next_id_ = 1;
  std::deque<std::function<void()>> tasks_;
  std::map<std::string, std::unique_ptr<Connection>> connections_;
  std::map<std::string, std::shared_ptr<Session>> sessions_;  // by topic
};

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_
