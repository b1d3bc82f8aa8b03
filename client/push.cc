#include "client/push.h"

#include <string>
#include <string_view>
#include <utility>

#include "client/internal/socket_impl.h"

namespace phx {

const Push& Push::Receive(std::string_view status,
                          absl::AnyInvocable<void(const Reply&)> handler) const {
  socket_->Submit(
      [push = state_, hook = internal::PushState::Hook{std::string(status), std::move(handler)}](
          internal::SocketImpl& socket) mutable { socket.AddHook(push, std::move(hook)); });
  return *this;
}

void Push::Cancel() const { internal::CancelPush(socket_, state_); }

}  // namespace phx
