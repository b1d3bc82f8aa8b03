#include "client/push.h"

#include <string_view>
#include <utility>

#include "client/internal/socket_impl.h"

namespace phx {

const Push& Push::Receive(std::string_view status,
                          absl::AnyInvocable<void(const Reply&)> handler) const {
  AddHook(internal::StatusFilter(status), std::move(handler));
  return *this;
}

const Push& Push::Receive(absl::AnyInvocable<void(const Reply&)> handler) const {
  AddHook(internal::StatusFilter(), std::move(handler));
  return *this;
}

void Push::AddHook(internal::StatusFilter status,
                   internal::PushState::Hook::Handler&& handler) const {
  using internal::SocketImpl;
  if (socket_->is_on_strand()) {
    socket_->RunHere(
        [&](SocketImpl& socket) { socket.AddHook(state_, std::move(status), std::move(handler)); });
    return;
  }
  socket_->Submit([push = state_, status = std::move(status),
                   handler = std::move(handler)](SocketImpl& socket) mutable {
    socket.AddHook(push, std::move(status), std::move(handler));
  });
}

void Push::Cancel() const { internal::CancelPush(socket_, state_); }

}  // namespace phx
