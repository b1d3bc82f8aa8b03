// CoreOptions: the numbers and policies by which the protocol core acts. SocketOptions, which users
// fill in, contains them all.
#ifndef PHX_CLIENT_CORE_OPTIONS_H_
#define PHX_CLIENT_CORE_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "client/core/backoff.h"
#include "client/core/log_level.h"
#include "client/core/notification.h"
#include "client/core/time.h"
#include "client/wire/reply.h"
#include "client/wire/serializer.h"

namespace phx {

// What to do with a message that a full buffer has no room for.
enum class OverflowPolicy : std::uint8_t {
  kFail,        // the new one fails with kResourceExhausted
  kDropOldest,  // the oldest one fails with kResourceExhausted, the new one takes its place
};

// Whether to connect again after `closed`. `closed.reconnect_in` is what will happen by default.
// Called inside the protocol core: it must not call back into the socket. If it throws, the answer
// is yes.
using ReconnectPredicate = std::function<bool(const SocketClosed& closed)>;

// Whether to join again after the server refused with `reply`. Same rules.
using RejoinPredicate = std::function<bool(const wire::Reply& reply)>;

namespace core {

// When to connect by another transport: transport_choice.h.
struct FallbackPolicy {
  Duration health_timeout = std::chrono::milliseconds(2500);
  int max_unhealthy = 3;
  Duration memory = std::chrono::minutes(30);
};

struct CoreOptions {
  std::shared_ptr<const wire::Serializer> serializer = {};
  Duration connect_timeout = std::chrono::seconds(10);
  Duration close_timeout = std::chrono::seconds(2);
  Duration push_timeout = std::chrono::seconds(10);
  Duration heartbeat_interval = std::chrono::seconds(30);  // zero: no heartbeats
  Duration heartbeat_timeout = std::chrono::seconds(10);
  BackoffFunction reconnect_after = {};
  BackoffFunction rejoin_after = {};
  Duration max_retry_after = std::chrono::minutes(5);  // zero: Retry-After is not heeded
  double jitter = 0.5;
  ReconnectPredicate should_reconnect = {};
  RejoinPredicate should_rejoin = {};
  std::optional<FallbackPolicy> fallback = {};
  std::size_t max_joins_in_flight = 100;  // zero: no limit
  std::size_t max_send_buffer = 1000;     // messages
  std::size_t max_push_buffer = 1000;     // pushes of one channel
  OverflowPolicy overflow = OverflowPolicy::kFail;
  std::size_t max_backlog = std::size_t{16} << 20U;  // bytes that the network has not taken yet
  LogLevel log_level = LogLevel::kInfo;
  bool logging = false;
};

}  // namespace core
}  // namespace phx

#endif  // PHX_CLIENT_CORE_OPTIONS_H_
