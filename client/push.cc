#include "client/push.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/internal/socket_impl.h"

namespace phx {

const Push& Push::Receive(std::string_view status,
                          absl::AnyInvocable<void(const Reply&)> handler) const {
  AddHook({std::string(status), std::move(handler)});
  return *this;
}

const Push& Push::Receive(absl::AnyInvocable<void(const Reply&)> handler) const {
  AddHook({std::nullopt, std::move(handler)});
  return *this;
}

void Push::AddHook(internal::PushState::Hook&& hook) const {
  if (socket_->is_on_strand()) {
    socket_->RunHere(
        [&](internal::SocketImpl& socket) { socket.AddHook(state_, std::move(hook)); });
    return;
  }
  socket_->Submit([push = state_, hook = std::move(hook)](internal::SocketImpl& socket) mutable {
    socket.AddHook(push, std::move(hook));
  });
}

void Push::Cancel() const { internal::CancelPush(socket_, state_); }

}  // namespace phx
