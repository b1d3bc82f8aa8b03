#include "loadgen/embedded_server.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

#include "loadgen/workload.h"
#include "mockserver/channel_builder.h"
#include "mockserver/user_socket.h"

namespace phx::loadgen {
namespace {

// `port` 0: one that is free.
mock::ServerOptions OptionsFor(const Plan& plan, std::uint16_t port) {
  mock::UserSocket socket;
  socket.max_channels_per_transport = std::max(socket.max_channels_per_transport, plan.channels);
  socket.channels.push_back(
      {"*",
       mock::ChannelBuilder()
           .OnAnyIn([workload = plan.workload](mock::ChannelSocket& channel, std::string_view event,
                                               const mock::Payload& payload) {
             if (ExpectsReplies(workload)) return mock::ReplyOk(payload);
             if (workload == Workload::kBroadcast) channel.Broadcast(event, payload);
             return mock::NoReply();
           })
           .Build()});
  mock::ServerOptions options;
  options.port = port;
  options.threads =
      static_cast<int>(std::max<std::uint64_t>(1, plan.server_threads / plan.server_ports));
  options.sockets = {std::move(socket)};
  options.record_limit = 0;  // what nobody reads would cost a microsecond a frame
  return options;
}

}  // namespace

EmbeddedServer::EmbeddedServer(const Plan& plan) : plan_(plan) {
  for (std::uint64_t i = 0; i < plan.server_ports; ++i) {
    servers_.push_back(std::make_unique<mock::Server>(OptionsFor(plan, 0)));
  }
}

absl::Status EmbeddedServer::status() const {
  absl::Status status;
  for (const auto& server : servers_) status.Update(server->status());
  return status;
}

std::vector<std::string> EmbeddedServer::urls() const {
  std::vector<std::string> urls;
  for (const auto& server : servers_) urls.push_back(server->url());
  return urls;
}

absl::Status EmbeddedServer::Restart() {
  for (auto& server : servers_) {
    const std::uint16_t port = server->port();
    server.reset();
    server = std::make_unique<mock::Server>(OptionsFor(plan_, port));
  }
  return status();
}

}  // namespace phx::loadgen
