#include "testing/benchmarks/bench_server.h"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

#include "client/net/tls_context.h"
#include "mockserver/channel.h"
#include "mockserver/channel_builder.h"
#include "mockserver/server.h"
#include "mockserver/user_socket.h"
#include "testing/benchmarks/traffic.h"
#include "testing/tls_certs.h"

namespace phx::benchmarks {
namespace {

mock::Outcome Pour(mock::ChannelSocket& socket, const mock::Payload& payload) {
  const nlohmann::json& request = payload.json();
  const auto news = mock::Payload::Json(request.at("payload"));
  const auto count = request.at("count").get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count; ++i) socket.Push("news", mock::Payload::Borrow(news));
  return mock::NoReply();
}

mock::Outcome Shout(mock::ChannelSocket& socket, const mock::Payload& payload) {
  socket.Broadcast("news", payload);
  return mock::NoReply();
}

mock::ServerOptions OptionsFor(BenchServer::Security security) {
  mock::UserSocket socket;
  socket.channels = {{"*", mock::ChannelBuilder()
                               .OnIn("echo", [](mock::ChannelSocket&,
                                                const mock::Payload&) { return mock::ReplyEcho(); })
                               .OnIn("pour", Pour)
                               .OnIn("shout", Shout)
                               .Build()}};
  socket.max_channels_per_transport = std::numeric_limits<std::size_t>::max();
  mock::ServerOptions options;
  options.sockets = {std::move(socket)};
  options.record_limit = 0;
  if (security == BenchServer::Security::kTls) {
    options.tls = test::TlsCerts::Get().server().server_options();
  }
  return options;
}

}  // namespace

BenchServer::BenchServer(Security security) : server_(OptionsFor(security)) {
  if (!server_.status().ok()) GiveUp(server_.status().ToString());
}

}  // namespace phx::benchmarks
