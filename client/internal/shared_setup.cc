#include "client/internal/shared_setup.h"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "client/core/time.h"
#include "client/transport/longpoll_transport.h"
#include "client/transport/websocket_transport.h"
#include "client/wire/json_serializer_v2.h"

namespace phx::internal {
namespace {

TransportFactories TransportsOf(const SocketOptions& options) {
  TransportFactories factories{.primary = options.transport};
  if (factories.primary == nullptr) {
    factories.primary = MakeWebSocketTransport({.tls = options.tls,
                                                .max_message_size = options.max_message_size,
                                                .deflate = options.deflate,
                                                .proxy = options.proxy});
  }
  if (!options.fallback.has_value()) return factories;
  factories.fallback = options.fallback->transport;
  if (factories.fallback == nullptr) {
    factories.fallback = MakeLongPollTransport(
        {.tls = options.tls, .max_answer_size = options.max_message_size, .proxy = options.proxy});
  }
  return factories;
}

std::shared_ptr<Logger> LoggerOf(const SocketOptions& options) {
  return options.logger != nullptr ? options.logger : StderrLogger(LogLevel::kWarning);
}

std::optional<core::FallbackPolicy> FallbackPolicyOf(const SocketOptions& options) {
  if (!options.fallback.has_value()) return std::nullopt;
  return core::FallbackPolicy{.health_timeout = core::ToDuration(options.fallback->health_timeout),
                              .max_unhealthy = options.fallback->max_unhealthy,
                              .memory = core::ToDuration(options.fallback->memory)};
}

core::CoreOptions CoreOptionsOf(const SocketOptions& options, LogLevel log_level) {
  auto serializer = options.serializer;
  if (serializer == nullptr) serializer = std::make_shared<const wire::JsonSerializerV2>();
  return {
      .serializer = std::move(serializer),
      .connect_timeout = core::ToDuration(options.connect_timeout),
      .close_timeout = core::ToDuration(options.close_timeout),
      .push_timeout = core::ToDuration(options.push_timeout),
      .heartbeat_interval = core::ToDuration(options.heartbeat_interval),
      .heartbeat_timeout = core::ToDuration(options.heartbeat_timeout),
      .reconnect_after = options.reconnect_after,
      .rejoin_after = options.rejoin_after,
      .max_retry_after = core::ToDuration(options.max_retry_after),
      .jitter = options.jitter,
      .should_reconnect = options.should_reconnect,
      .should_rejoin = options.should_rejoin,
      .fallback = FallbackPolicyOf(options),
      .max_joins_in_flight = options.max_joins_in_flight,
      .max_send_buffer = options.max_send_buffer,
      .max_push_buffer = options.max_push_buffer,
      .overflow = options.overflow,
      .max_backlog = options.max_backlog,
      .log_level = log_level,
      .logging = true,
  };
}

// The setups that some socket has, by their options, which they keep alive.
class Registry {
 public:
  std::shared_ptr<const SharedSetup> Get(const std::shared_ptr<const SocketOptions>& options) {
    if (std::shared_ptr<const SharedSetup> known = Find(*options)) return known;
    // Outside of the lock, because the logger that is asked is the user's.
    std::shared_ptr<const SharedSetup> made(new SharedSetup(options),
                                            [this](const SharedSetup* gone) { Drop(gone); });
    const std::lock_guard lock(mutex_);
    std::weak_ptr<const SharedSetup>& entry = setups_[options.get()];
    if (std::shared_ptr<const SharedSetup> other = entry.lock()) return other;
    entry = made;
    return made;
  }

 private:
  std::shared_ptr<const SharedSetup> Find(const SocketOptions& options) const {
    const std::lock_guard lock(mutex_);
    const auto found = setups_.find(&options);
    return found == setups_.end() ? nullptr : found->second.lock();
  }

  // The last socket of this setup has gone; unless one that came meanwhile has made another.
  void Drop(const SharedSetup* gone) {
    {
      const std::lock_guard lock(mutex_);
      const auto found = setups_.find(gone->options.get());
      if (found != setups_.end() && found->second.expired()) setups_.erase(found);
    }
    delete gone;  // destroys what is the user's: outside of the lock
  }

  mutable std::mutex mutex_;
  absl::flat_hash_map<const SocketOptions*, std::weak_ptr<const SharedSetup>> setups_;
};

// Never destroyed: sockets may outlive main().
Registry& TheRegistry() {
  static auto* const kRegistry = new Registry;
  return *kRegistry;
}

}  // namespace

SharedSetup::SharedSetup(std::shared_ptr<const SocketOptions> given)
    : options(std::move(given)),
      transports(TransportsOf(*options)),
      logger(LoggerOf(*options)),
      core(CoreOptionsOf(*options, logger->level())) {}

std::shared_ptr<const SharedSetup> SharedSetup::For(
    const std::shared_ptr<const SocketOptions>& options) {
  return TheRegistry().Get(options);
}

}  // namespace phx::internal
