#include "client/channel.h"

#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
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

// What the end of a channel means to those who receive its messages.
absl::Status WhyEnded(const std::string& topic, ChannelClosed::Cause cause) {
  const std::string channel = absl::StrCat("channel \"", topic, "\": ");
  if (cause == ChannelClosed::Cause::kLeft) return absl::CancelledError(channel + "left");
  return absl::UnavailableError(channel + "closed by the server");
}

}  // namespace

::phx::Push Channel::Join(Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, events::kJoin, timeout);
  internal::StartJoin(socket_, state_, push);
  return ::phx::Push(socket_, std::move(push));
}

::phx::Push Channel::Leave(Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, events::kLeave, timeout);
  internal::StartLeave(socket_, state_, push);
  return ::phx::Push(socket_, std::move(push));
}

void Channel::Remove() const { socket_->RemoveChannel(state_); }

::phx::Push Channel::Push(std::string_view event, Payload payload, Timeout timeout) const {
  internal::PushPtr push = internal::NewPush(*socket_, event, timeout);
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

Ref Channel::OnMessage(absl::AnyInvocable<void(const Message&)> handler) const {
  return Register(socket_, state_, core::Hook::kMessage, std::move(handler));
}

MessageStream Channel::Stream(std::string_view event, StreamOptions options) const {
  return MakeStream(options, [&](auto handler) { return On(event, std::move(handler)); });
}

MessageStream Channel::Stream(StreamOptions options) const {
  return MakeStream(options, [&](auto handler) { return OnMessage(std::move(handler)); });
}

// The handlers belong to the socket, and may point at it.
template <typename Register>
MessageStream Channel::MakeStream(StreamOptions options, const Register& on_message) const {
  auto stream = std::make_shared<internal::StreamState>(options.capacity);
  socket_->Submit(
      [channel = state_, stream](SocketImpl& self) { self.AddStream(*channel, stream); });
  const Ref messages = on_message([socket = socket_.get(), stream](const Message& message) {
    socket->FeedStream(*stream, message);
  });
  const Ref close = OnClose([socket = socket_.get(), stream,
                             channel = std::weak_ptr(state_)](const ChannelClosed& closed) {
    if (const ChannelPtr owner = channel.lock()) {
      socket->EndStream(*owner, stream, WhyEnded(owner->topic, closed.cause));
    }
  });
  return MessageStream({socket_, state_, stream, messages, close});
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
  socket_->Submit(
      [channel = state_, registration](SocketImpl& self) { self.Off(*channel, registration); });
}

void Channel::Clear(std::string_view event) const {
  socket_->Submit([channel = state_, event = std::string(event)](SocketImpl& self) {
    if (!channel->id.has_value()) return;
    for (const Ref ref : self.core().OffAll(*channel->id, event)) self.handlers().Remove(ref);
  });
}

}  // namespace phx
