#include "loadgen/embedded_server.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "loadgen/workload.h"
#include "mockserver/channel_builder.h"
#include "mockserver/presence_channel.h"
#include "mockserver/user_socket.h"

namespace phx::loadgen {
namespace {

// What its users expect of an event: of several kinds the union.
mock::ChannelFactory MakeChannel(const Plan& plan) {
  std::set<std::string, std::less<>> replied;
  std::set<std::string, std::less<>> broadcast;
  for (const UserKind& kind : plan.kinds) {
    if (ExpectsReplies(kind.workload)) replied.insert(kind.event);
    for (const ScriptStep& step : kind.script) {
      if (step.action == ScriptStep::Action::kPush) replied.insert(step.event);
    }
    if (kind.workload == Workload::kBroadcast) broadcast.insert(kind.event);
  }
  return mock::ChannelBuilder()
      .OnAnyIn([replied, broadcast](mock::ChannelSocket& channel, std::string_view event,
                                    const mock::Payload& payload) {
        if (broadcast.contains(event)) channel.Broadcast(event, payload);
        return replied.contains(event) ? mock::ReplyOk(payload) : mock::NoReply();
      })
      .Build();
}

// `port` 0: one that is free.
mock::ServerOptions OptionsFor(const Plan& plan, std::uint16_t port) {
  mock::UserSocket socket;
  for (const UserKind& kind : plan.kinds) {
    socket.max_channels_per_transport =
        std::max<std::uint64_t>(socket.max_channels_per_transport, kind.channels);
  }
  if (plan.Has(Workload::kPresence)) {
    socket.channels.push_back(
        {"presence:*", [] { return std::make_unique<mock::PresenceChannel>(); }});
  }
  socket.channels.push_back({"*", MakeChannel(plan)});
  if (plan.uses_long_polling()) socket.longpoll = mock::LongPollOptions{};
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
