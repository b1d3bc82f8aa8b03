// JoinedCore: a SocketCore with joined channels, and no more around it than must be: what the core
// costs can be counted with it, without what drives it.
//
//   JoinedCore joined;
//   const ChannelId room = joined.Join("room:1");
//   joined.Answer(room, joined.Push(room));
#ifndef PHX_CLIENT_CORE_JOINED_CORE_H_
#define PHX_CLIENT_CORE_JOINED_CORE_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client/core/action.h"
#include "client/core/options.h"
#include "client/core/socket_core.h"
#include "client/core/time.h"
#include "client/wire/ref.h"
#include "client/wire/ref_counter.h"

namespace phx::core {

struct JoinedCore {
  // `max_joins_in_flight` as in CoreOptions.
  explicit JoinedCore(std::size_t max_joins_in_flight = 0);

  ChannelId Join(const std::string& topic);

  // A small push, which awaits its reply.
  Ref Push(ChannelId channel, Duration timeout = std::chrono::seconds(10));
  // One that does not.
  void Cast(ChannelId channel);
  // The server's "ok" to what was sent as `ref`.
  void Answer(ChannelId channel, Ref ref);
  // A frame of the server.
  void Hear(std::string_view frame);

  // Takes all actions, as a network that has room for everything.
  void Drain();

  struct Joined {
    std::string topic;
    Ref join_ref;
  };

  TimePoint now{std::chrono::hours(1)};
  RefCounter refs;
  SocketCore core;
  PushId last_push = 0;
  std::uint64_t done = 0;               // pushes that have their outcome
  std::uint64_t heard = 0;              // messages for handlers
  std::vector<Joined> joined_channels;  // by ChannelId
  Ref last_join_ref;
  std::string frame_text;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_JOINED_CORE_H_
