#include "client/channel.h"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "client/core/hooks.h"
#include "client/internal/socket_impl.h"
#include "client/wire/events.h"

namespace phx {
namespace {

using internal::ChannelPtr;
using internal::Handler;
using internal::SocketImpl;
using internal::SocketPtr;

// Registers `handler` on the channel: `where` is an event, or a hook.
template <typename Where>
Ref Register(const SocketPtr& socket, const ChannelPtr& channel, Where where, Handler handler,
             Ref filter = {}) {
  const Ref ref = socket->NewRef();
  socket->Submit([=, handler = std::move(handler)](SocketImpl& self) mutable {
    if (!channel->id.has_value()) return;
    self.handlers().Add(ref, std::move(handler));
    if constexpr (std::is_same_v<Where, core::Hook>) {
      self.core().On(*channel->id, where, ref);
    } else {
      self.core().On(*channel->id, where, ref, filter);
    }
  });
  return ref;
}

}  // namespace

::phx::Push Channel::Join(Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, std::string(events::kJoin), timeout);
  internal::StartJoin(socket_, state_, push);
  return ::phx::Push(socket_, std::move(push));
}

::phx::Push Channel::Leave(Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, std::string(events::kLeave), timeout);
  internal::StartLeave(socket_, state_, push);
  return ::phx::Push(socket_, std::move(push));
}

void Channel::Remove() const { socket_->RemoveChannel(state_); }

::phx::Push Channel::Push(std::string_view event, Payload payload, Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, std::string(event), timeout);
  internal::StartPush(socket_, state_, push, std::move(payload));
  return ::phx::Push(socket_, std::move(push));
}

void Channel::Cast(std::string_view event, Payload payload) const {
  internal::StartCast(socket_, state_, event, std::move(payload));
}

Ref Channel::On(std::string_view event, absl::AnyInvocable<void(const Message&)> handler) const {
  return Register(socket_, state_, std::string(event), std::move(handler));
}

Ref Channel::OnRef(Ref ref, std::string_view event,
                   absl::AnyInvocable<void(const Message&)> handler) const {
  return Register(socket_, state_, std::string(event), std::move(handler), ref);
}

Ref Channel::OnJoin(absl::AnyInvocable<void(const ChannelJoined&)> handler) const {
  return Register(socket_, state_, core::Hook::kJoin, std::move(handler));
}

Ref Channel::OnClose(absl::AnyInvocable<void(const ChannelClosed&)> handler) const {
  return Register(socket_, state_, core::Hook::kClose, std::move(handler));
}

Ref Channel::OnError(absl::AnyInvocable<void(const ChannelErrored&)> handler) const {
  return Register(socket_, state_, core::Hook::kError, std::move(handler));
}

Ref Channel::OnStatus(absl::AnyInvocable<void(const ChannelStatus&)> handler) const {
  return Register(socket_, state_, core::Hook::kStatus, std::move(handler));
}

void Channel::Off(Ref registration) const {
  socket_->Submit([channel = state_, registration](SocketImpl& self) {
    self.handlers().Remove(registration);
    if (channel->id.has_value()) self.core().Off(*channel->id, registration);
  });
}

void Channel::Clear(std::string_view event) const {
  socket_->Submit([channel = state_, event = std::string(event)](SocketImpl& self) {
    if (!channel->id.has_value()) return;
    for (const Ref ref : self.core().OffAll(*channel->id, event)) self.handlers().Remove(ref);
  });
}

}  // namespace phx
