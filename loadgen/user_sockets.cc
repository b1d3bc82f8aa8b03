#include "loadgen/user_sockets.h"

#include <chrono>
#include <cstddef>
#include <utility>

#include "client/logger.h"
#include "client/transport/longpoll_transport.h"
#include "client/transport/websocket_transport.h"
#include "loadgen/frame_trace.h"
#include "loadgen/seeded_random.h"
#include "loadgen/time.h"
#include "loadgen/user_template.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

// Connections share one of so many heartbeat intervals: enough for heartbeats to spread, few enough
// for the options not to need memory of each connection.
constexpr std::size_t kHeartbeatIntervals = 32;

std::chrono::milliseconds ToMilliseconds(Duration duration) {
  return std::chrono::ceil<std::chrono::milliseconds>(duration);
}

// Made here, and not by each socket of its options: those who have options of their own share it,
// and with it one TLS context.
TransportFactory MakeTransport(const UserKind& kind, const TlsOptions& tls,
                               const std::string& local_address) {
  if (kind.uses_long_polling) {
    return MakeLongPollTransport({.tls = tls, .local_address = local_address});
  }
  return MakeWebSocketTransport(
      {.tls = tls, .local_address = local_address, .max_read_rate = kind.read_rate});
}

// One for each address to connect from.
std::vector<TransportFactory> MakeTransports(const Plan& plan, const UserKind& kind,
                                             const TlsOptions& tls) {
  if (plan.local_addresses.empty()) return {MakeTransport(kind, tls, "")};
  std::vector<TransportFactory> transports;
  for (const std::string& address : plan.local_addresses) {
    transports.push_back(MakeTransport(kind, tls, address));
  }
  return transports;
}

// What all connections of a kind have in common.
SocketOptions CommonOptions(const Plan& plan, const UserKind& kind) {
  SocketOptions options;
  if (kind.params.is_constant()) options.params = nlohmann::json::parse(kind.params.constant());
  if (!kind.auth_token.constant().empty()) {
    options.auth_token = std::string(kind.auth_token.constant());
  }
  options.connect_timeout = ToMilliseconds(plan.connect_timeout);
  options.push_timeout = ToMilliseconds(plan.timeout);
  options.heartbeat_timeout = ToMilliseconds(plan.timeout);
  options.max_joins_in_flight = kJoinsAtATime;
  options.should_reconnect = [reconnects = plan.reconnect](const SocketClosed&) {
    return reconnects;
  };
  options.should_rejoin = [](const wire::Reply&) { return false; };
  options.logger = NoopLogger();  // everything is counted; a line for each would drown the report
  options.tls.verify_peer = plan.verify_tls;
  return options;
}

// The waits of `table`, each times 0.5 to 1.5, as the client would spread them: but by numbers that
// are the same again in the next run.
BackoffFunction Spread(Duration (*table)(int), std::uint64_t seed) {
  return [table, random = SeededRandom(seed)](int tries) mutable {
    const Duration wait = table(tries);
    return random.Within(wait / 2, wait + wait / 2);
  };
}

}  // namespace

UserSockets::UserSockets(const Plan& plan, const UserKind& kind,
                         std::function<void(std::string)> tell_frame)
    : plan_(plan), kind_(kind), tell_frame_(std::move(tell_frame)) {
  SocketOptions options = CommonOptions(plan, kind);
  const std::vector<TransportFactory> transports = MakeTransports(plan, kind, options.tls);
  // Each address is taken equally often.
  const std::size_t rounds = (kHeartbeatIntervals + transports.size() - 1) / transports.size();
  for (std::size_t i = 0; i < rounds * transports.size(); ++i) {
    const auto part = static_cast<int>(i % kHeartbeatIntervals + 1);
    constexpr int kParts = kHeartbeatIntervals;
    options.heartbeat_interval = ToMilliseconds(plan.heartbeat * (kParts + part) / (2 * kParts));
    options.transport = transports[i % transports.size()];
    shared_.push_back(std::make_shared<SocketOptions>(options));
  }
}

// Connections take turns between the servers, and those of one server between the options, so that
// each address connects to each server. So do those of each shard among themselves: local addresses
// and ports are its machine's. They begin with different servers.
const std::string& UserSockets::UrlOf(std::uint64_t number) const {
  const Shard shard = plan_.part();
  return plan_.urls[(shard.OwnIndexOf(number) + shard.index) % plan_.urls.size()];
}

bool UserSockets::has_own(std::uint64_t number) const {
  return !kind_.params.is_constant() || !kind_.auth_token.is_constant() || plan_.reconnect ||
         number == plan_.debug_frames;
}

std::shared_ptr<const SocketOptions> UserSockets::OptionsOf(std::uint64_t number) const {
  const std::uint64_t turn = plan_.part().OwnIndexOf(number) / plan_.urls.size();
  const std::shared_ptr<const SocketOptions>& shared = shared_[turn % shared_.size()];
  if (!has_own(number)) return shared;
  auto own = std::make_shared<SocketOptions>(*shared);
  const UserTemplate::Values values = kind_.ValuesOf(number);
  if (!kind_.params.is_constant()) own->params = nlohmann::json::parse(kind_.params.Expand(values));
  if (!kind_.auth_token.is_constant()) own->auth_token = kind_.auth_token.Expand(values);
  if (plan_.reconnect) {
    own->jitter = 0;
    own->reconnect_after = Spread(DefaultReconnectAfter, MixSeed(~plan_.seed, number));
    own->rejoin_after = Spread(DefaultRejoinAfter, MixSeed(~plan_.seed, ~number));
  }
  if (number == plan_.debug_frames) own->serializer = std::make_shared<FrameTrace>(tell_frame_);
  return own;
}

}  // namespace phx::loadgen
