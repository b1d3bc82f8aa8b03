// PresenceChannel: the channel of the topics "presence:*" in the ready set (ready_set.h).
#ifndef PHX_MOCKSERVER_PRESENCE_CHANNEL_H_
#define PHX_MOCKSERVER_PRESENCE_CHANNEL_H_

#include <string_view>

#include "mockserver/channel.h"

namespace phx::mock {

class PresenceChannel final : public Channel {
 public:
  JoinResult Join(ChannelSocket& socket, const Payload& params) override;
  Outcome HandleIn(ChannelSocket& socket, std::string_view event, const Payload& payload) override;
  Outcome HandleInfo(ChannelSocket& socket, const Info& info) override;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_PRESENCE_CHANNEL_H_
