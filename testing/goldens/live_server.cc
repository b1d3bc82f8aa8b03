#include "testing/goldens/live_server.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "mockserver/ready_options.h"
#include "mockserver/server.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::test {
namespace {

constexpr std::chrono::seconds kPatience{10};

mock::ServerOptions Options(const GoldenCase& golden) {
  mock::ServerOptions options = mock::ReadyOptions();
  options.sockets = SocketsOf(golden);
  options.flavor = golden.flavor;
  options.races = golden.races;
  return options;
}

}  // namespace

LiveServer::LiveServer(const GoldenCase& golden) : server_(Options(golden)) {}

LiveServer::~LiveServer() {
  clients_.clear();
  if (stopper_.joinable()) stopper_.join();
}

void LiveServer::Request(const std::string& connection, const RawRequest& request) {
  absl::StatusOr<std::unique_ptr<RawClient>> client = RawClient::Connect(server_.port());
  if (!client.ok()) return;
  std::string bytes = request.method + ' ' + request.target + " HTTP/1." +
                      std::to_string(request.minor_version) + "\r\n";
  for (const auto& [name, value] : request.headers) bytes += name + ": " + value + "\r\n";
  if (!request.body.empty()) {
    bytes += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  static_cast<void>((*client)->Send(bytes + "\r\n" + request.body));
  clients_[connection] = *std::move(client);
}

void LiveServer::Send(const std::string& connection, std::string_view bytes) {
  // A connection that the server has ended takes nothing any more.
  static_cast<void>(clients_.at(connection)->Send(bytes));
}

void LiveServer::Disconnect(const std::string& connection) {
  clients_.at(connection)->Disconnect();
}

void LiveServer::AdvanceTo(std::chrono::milliseconds /*time*/) {}

std::optional<ServerEvent> LiveServer::Await(const std::string& connection) {
  const auto client = clients_.find(connection);
  return client == clients_.end() ? std::nullopt : client->second->Await(kPatience);
}

std::optional<ServerEvent> LiveServer::Poll(const std::string& connection) {
  const auto client = clients_.find(connection);
  return client == clients_.end() ? std::nullopt : client->second->Poll();
}

void LiveServer::StopServer() {
  stopper_ = std::thread([this] { server_.Stop(); });
}

}  // namespace phx::test
