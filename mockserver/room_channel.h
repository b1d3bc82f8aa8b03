// RoomChannel: the channel of the topics "room:*" in the ready set (ready_set.h lists its events).
#ifndef PHX_MOCKSERVER_ROOM_CHANNEL_H_
#define PHX_MOCKSERVER_ROOM_CHANNEL_H_

#include <span>
#include <string>
#include <string_view>

#include "mockserver/channel.h"

namespace phx::mock {

class RoomChannel final : public Channel {
 public:
  JoinResult Join(ChannelSocket& socket, const Payload& params) override;
  Outcome HandleIn(ChannelSocket& socket, std::string_view event, const Payload& payload) override;
  Outcome HandleInfo(ChannelSocket& socket, const Info& info) override;
  std::span<const std::string> intercepts() const override;
  Outcome HandleOut(ChannelSocket& socket, std::string_view event, const Payload& payload) override;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_ROOM_CHANNEL_H_
