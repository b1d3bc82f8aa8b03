// VirtualServer: the mock server's cores with the ready set, without a network and in virtual time.
#ifndef PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_
#define PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "mockserver/endpoint.h"
#include "mockserver/races.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "testing/goldens/replay.h"

namespace phx::test {

class VirtualServer final : public ReplayTarget {
 public:
  explicit VirtualServer(const mock::Races& races);
  ~VirtualServer() override;

  void Request(const std::string& connection, const RawRequest& request) override;
  void Send(const std::string& connection, std::string_view bytes) override;
  void Disconnect(const std::string& connection) override;
  void AdvanceTo(std::chrono::milliseconds time) override;
  std::optional<ServerEvent> Await(const std::string& connection) override;
  std::optional<ServerEvent> Poll(const std::string& connection) override;
  void Broadcast(const std::string& topic, const std::string& event) override;
  void StopServer() override;

 private:
  class Connection;

  void FinishTurn();
  // The next deadline of any connection.
  std::optional<mock::TimePoint> NextDeadline() const;
  void RunUntil(mock::TimePoint time);

  const mock::Races races_;
  mock::Endpoint endpoint_;
  mock::Shard shard_;
  mock::TimePoint now_;
  mock::ConnectionId next_id_ = 1;
  std::map<std::string, std::unique_ptr<Connection>> connections_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_VIRTUAL_SERVER_H_
