#include "mockserver/presence_channel.h"

#include <string>
#include <string_view>

#include "mockserver/channel.h"

namespace phx::mock {
namespace {

std::string User(const ChannelSocket& socket) {
  return socket.assigns().at("user").get<std::string>();
}

}  // namespace

JoinResult PresenceChannel::Join(ChannelSocket& socket, const Payload& params) {
  socket.Send({.name = "after_join"});
  socket.Assign("user", params.json().value("user", "anon"));
  socket.Assign("meta", params.json().value("meta", Json::object()));
  return JoinOk();
}

Outcome PresenceChannel::HandleInfo(ChannelSocket& socket, const Info& /*info*/) {
  socket.Track(User(socket), socket.assigns().at("meta"));
  socket.Push("presence_state", socket.ListPresences());
  return NoReply();
}

Outcome PresenceChannel::HandleIn(ChannelSocket& socket, std::string_view event,
                                  const Payload& payload) {
  if (event == "update_meta") {
    socket.UpdatePresence(User(socket), [&](Json meta) {
      meta.update(payload.json());
      return meta;
    });
    return ReplyOk();
  }
  if (event == "untrack") {
    socket.Untrack(User(socket));
    return ReplyOk();
  }
  if (event == "list") return ReplyOk(socket.ListPresences());
  return Channel::HandleIn(socket, event, payload);
}

}  // namespace phx::mock
