// LiveServer: the mock server as it is, with the ready set, over real sockets and in real time.
#ifndef PHX_TESTING_GOLDENS_LIVE_SERVER_H_
#define PHX_TESTING_GOLDENS_LIVE_SERVER_H_

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "mockserver/server.h"
#include "testing/goldens/golden_case.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::test {

class LiveServer final : public ReplayTarget {
 public:
  explicit LiveServer(const GoldenCase& golden);
  ~LiveServer() override;

  void Request(const std::string& connection, const RawRequest& request) override;
  void Send(const std::string& connection, std::string_view bytes) override;
  void Disconnect(const std::string& connection) override;
  void AdvanceTo(std::chrono::milliseconds time) override;
  std::optional<ServerEvent> Await(const std::string& connection) override;
  std::optional<ServerEvent> Poll(const std::string& connection) override;
  void StopServer() override;

 private:
  mock::Server server_;
  std::thread stopper_;  // Stop() returns when the clients have gone
  std::map<std::string, std::unique_ptr<RawClient>> clients_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_LIVE_SERVER_H_
