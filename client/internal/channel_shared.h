// ChannelShared: what the handles of one channel and their socket share.
#ifndef PHX_CLIENT_INTERNAL_CHANNEL_SHARED_H_
#define PHX_CLIENT_INTERNAL_CHANNEL_SHARED_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/core/action.h"
#include "client/core/status.h"
#include "client/internal/atomic_status.h"
#include "client/internal/push_state.h"
#include "client/internal/stream_state.h"
#include "client/options.h"

namespace phx::internal {

struct ChannelShared {
  ChannelShared(std::string channel_topic, absl::Status topic_status)
      : topic(std::move(channel_topic)), validity(std::move(topic_status)) {}

  const std::string topic;
  const absl::Status validity;  // whether a channel can have this topic

  // Any thread reads, the strand writes.
  AtomicStatus<ChannelStatus> status;
  std::atomic<std::uint64_t> join_ref{0};

  // The strand only.
  std::optional<core::ChannelId> id;  // absent before the core knows the channel, and once removed
  std::shared_ptr<const JoinParams> params;  // if they have been a function; else the core has them
  std::unique_ptr<std::vector<std::shared_ptr<StreamState>>> streams;  // that have not ended
  // The last Join(), whose outcomes repeat: the push, or what is kept of it.
  PushPtr join;
  std::unique_ptr<KeptJoin> kept_join;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_CHANNEL_SHARED_H_
