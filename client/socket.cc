#include "client/socket.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/core/hooks.h"
#include "client/internal/socket_impl.h"
#include "client/internal/socket_owner.h"

namespace phx {
namespace {

using internal::Handler;
using internal::SocketImpl;

Ref Register(const internal::SocketPtr& socket, core::Hook hook, Handler handler) {
  const Ref ref = socket->NewRef();
  socket->Submit([ref, hook, handler = std::move(handler)](SocketImpl& self) mutable {
    self.handlers().Add(ref, std::move(handler));
    self.core().On(hook, ref);
  });
  return ref;
}

}  // namespace

Socket::Socket(boost::asio::any_io_executor executor, std::string_view url, SocketOptions options)
    : Socket(std::move(executor), url, std::make_shared<const SocketOptions>(std::move(options))) {}

Socket::Socket(std::string_view url, SocketOptions options)
    : owner_(std::make_shared<internal::SocketOwner>(
          url, std::make_shared<const SocketOptions>(std::move(options)))) {}

Socket::Socket(boost::asio::any_io_executor executor, std::string_view url,
               const std::shared_ptr<const SocketOptions>& options)
    : owner_(std::make_shared<internal::SocketOwner>(executor, url, options)) {}

const std::shared_ptr<internal::SocketImpl>& Socket::impl() const { return owner_->impl(); }

absl::Status Socket::Connect() const {
  if (!impl()->endpoint().ok()) return impl()->endpoint().status();
  impl()->Submit([](SocketImpl& self) { self.core().Connect(self.now()); });
  return absl::OkStatus();
}

void Socket::Disconnect(CloseInfo info) const {
  impl()->Submit([info = std::move(info)](SocketImpl& self) { self.Disconnect(info); });
}

void Socket::Reconnect() const {
  impl()->Submit([](SocketImpl& self) { self.core().Reconnect(self.now()); });
}

void Socket::ReplaceTransport(TransportFactory transport) const {
  impl()->Submit(
      [transport = std::move(transport)](SocketImpl& self) { self.ReplaceTransport(transport); });
}

::phx::Channel Socket::Channel(std::string_view topic) const {
  return ::phx::Channel(impl(), impl()->GetChannel(topic, std::nullopt));
}

::phx::Channel Socket::Channel(std::string_view topic, JoinParams params) const {
  return ::phx::Channel(impl(), impl()->GetChannel(topic, std::move(params)));
}

std::vector<::phx::Channel> Socket::channels() const {
  std::vector<::phx::Channel> channels;
  for (internal::ChannelPtr& channel : impl()->GetChannels()) {
    channels.push_back(::phx::Channel(impl(), std::move(channel)));
  }
  return channels;
}

Ref Socket::Push(std::string_view topic, std::string_view event, Payload payload,
                 std::optional<Ref> join_ref) const {
  const Ref ref = MakeRef();
  Message message{
      .ref = ref.ToString(), .topic = topic, .event = event, .payload = std::move(payload)};
  if (join_ref.has_value()) message.join_ref = join_ref->ToString();
  PushMessage(std::move(message));
  return ref;
}

void Socket::PushMessage(Message message) const {
  message.payload.Own();
  impl()->Submit(
      [message = std::move(message)](SocketImpl& self) mutable { self.Send(std::move(message)); });
}

Ref Socket::MakeRef() const { return impl()->NewRef(); }

Ref Socket::OnOpen(absl::AnyInvocable<void(const OpenInfo&)> handler) const {
  return Register(impl(), core::Hook::kOpen, std::move(handler));
}

Ref Socket::OnClose(absl::AnyInvocable<void(const SocketClosed&)> handler) const {
  return Register(impl(), core::Hook::kClose, std::move(handler));
}

Ref Socket::OnError(absl::AnyInvocable<void(const SocketError&)> handler) const {
  return Register(impl(), core::Hook::kError, std::move(handler));
}

Ref Socket::OnStatus(absl::AnyInvocable<void(const SocketStatus&)> handler) const {
  return Register(impl(), core::Hook::kStatus, std::move(handler));
}

Ref Socket::OnHeartbeat(absl::AnyInvocable<void(const Heartbeat&)> handler) const {
  return Register(impl(), core::Hook::kHeartbeat, std::move(handler));
}

Ref Socket::OnMessage(absl::AnyInvocable<void(const Message&)> handler) const {
  return Register(impl(), core::Hook::kMessage, std::move(handler));
}

void Socket::Off(Ref registration) const {
  impl()->Submit([registration](SocketImpl& self) {
    self.handlers().Remove(registration);
    self.core().Off(registration);
  });
}

SocketStatus Socket::status() const { return impl()->status(); }

std::string Socket::endpoint_url() const {
  return impl()->endpoint().ok() ? std::string(impl()->endpoint()->Redacted()) : std::string();
}

std::string_view Socket::protocol_version() const { return impl()->serializer().version(); }

boost::asio::any_io_executor Socket::get_executor() const { return impl()->executor(); }

}  // namespace phx
