// HandlerTable: the user's handlers, by the ref under which they were registered.
//
// Handlers may register and take out handlers while they run, themselves included; and they may
// throw.
#ifndef PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_
#define PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_

#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "client/core/notification.h"
#include "client/core/status.h"
#include "client/wire/connection_info.h"
#include "client/wire/message.h"
#include "client/wire/ref.h"

namespace phx::internal {

using Handler = std::variant<
    std::monostate, absl::AnyInvocable<void(const wire::Message&)>,
    absl::AnyInvocable<void(const OpenInfo&)>, absl::AnyInvocable<void(const SocketClosed&)>,
    absl::AnyInvocable<void(const SocketError&)>, absl::AnyInvocable<void(const Heartbeat&)>,
    absl::AnyInvocable<void(const SocketStatus&)>, absl::AnyInvocable<void(const ChannelStatus&)>,
    absl::AnyInvocable<void(const ChannelJoined&)>, absl::AnyInvocable<void(const ChannelClosed&)>,
    absl::AnyInvocable<void(const ChannelErrored&)>>;

class HandlerTable {
 public:
  void Add(Ref ref, Handler handler) { handlers_.emplace(ref, std::move(handler)); }

  // From here on the handler does not run. It is destroyed now, unless it is running.
  void Remove(Ref ref) { handlers_.erase(ref); }

  // Destroys all handlers. The table is empty before the first of them is destroyed.
  void Clear() { const auto doomed = std::exchange(handlers_, {}); }

  // Runs the handler of `ref`, if it is still there. `on_throw(what)` if it throws.
  template <typename OnThrow>
  void Run(Ref ref, const core::Notification& notification, const OnThrow& on_throw) {
    const auto found = handlers_.find(ref);
    if (found == handlers_.end()) return;
    // The handler runs outside of the table, which it may change.
    Handler running = std::exchange(found->second, std::monostate());
    try {
      std::visit([&](const auto& event) { Call(running, *event); }, notification);
    } catch (const std::exception& error) {
      on_throw(std::string(error.what()));
    } catch (...) {
      on_throw(std::string("an exception that is not a std::exception"));
    }
    const auto again = handlers_.find(ref);
    if (again != handlers_.end()) again->second = std::move(running);
  }

 private:
  template <typename Event>
  static void Call(Handler& handler, const Event& event) {
    using Function = absl::AnyInvocable<void(const Event&)>;
    if (auto* function = std::get_if<Function>(&handler)) (*function)(event);
  }

  absl::flat_hash_map<Ref, Handler> handlers_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_
