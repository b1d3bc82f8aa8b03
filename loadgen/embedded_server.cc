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
  options.threads = static_cast<int>(plan.server_threads);
  options.sockets = {std::move(socket)};
  options.record_limit = 0;  // what nobody reads would cost a microsecond a frame
  return options;
}

}  // namespace

EmbeddedServer::EmbeddedServer(const Plan& plan)
    : plan_(plan), server_(std::make_unique<mock::Server>(OptionsFor(plan, 0))) {}

absl::Status EmbeddedServer::Restart() {
  const std::uint16_t port = server_->port();
  server_.reset();
  server_ = std::make_unique<mock::Server>(OptionsFor(plan_, port));
  return server_->status();
}

}  // namespace phx::loadgen
