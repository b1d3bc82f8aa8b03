// HandlerTable: the user's handlers, by the ref under which they were registered.
//
// Handlers may register and take out handlers while they run, themselves included; and they may
// throw. One runs at a time.
#ifndef PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_
#define PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_

#include <exception>
#include <memory>
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
    absl::AnyInvocable<void(const wire::Message&)>, absl::AnyInvocable<void(const OpenInfo&)>,
    absl::AnyInvocable<void(const SocketClosed&)>, absl::AnyInvocable<void(const SocketError&)>,
    absl::AnyInvocable<void(const Heartbeat&)>, absl::AnyInvocable<void(const SocketStatus&)>,
    absl::AnyInvocable<void(const ChannelStatus&)>, absl::AnyInvocable<void(const ChannelJoined&)>,
    absl::AnyInvocable<void(const ChannelClosed&)>,
    absl::AnyInvocable<void(const ChannelErrored&)>>;

class HandlerTable {
 public:
  void Add(Ref ref, Handler handler) {
    handlers_.emplace(ref, std::make_unique<Handler>(std::move(handler)));
  }

  // From here on the handler does not run. It is destroyed now, unless it is running: then when it
  // has run.
  void Remove(Ref ref) {
    auto removed = handlers_.extract(ref);
    if (!removed.empty() && ref == running_) ended_ = std::move(removed.mapped());
  }

  // The same of all handlers. The table is empty before the first of them is destroyed.
  void Clear() {
    Remove(running_);
    const auto doomed = std::exchange(handlers_, {});
  }

  // Runs the handler of `ref`, if it is still there. `on_throw(what)` if it throws.
  template <typename OnThrow>
  void Run(Ref ref, const core::Notification& notification, const OnThrow& on_throw) {
    const auto found = handlers_.find(ref);
    if (found == handlers_.end()) return;
    running_ = ref;
    try {
      std::visit([&handler = *found->second](const auto& event) { Call(handler, *event); },
                 notification);
    } catch (const std::exception& error) {
      on_throw(std::string(error.what()));
    } catch (...) {
      on_throw(std::string("an exception that is not a std::exception"));
    }
    running_ = {};
    const auto doomed = std::move(ended_);
  }

 private:
  template <typename Event>
  static void Call(Handler& handler, const Event& event) {
    using Function = absl::AnyInvocable<void(const Event&)>;
    if (auto* function = std::get_if<Function>(&handler)) (*function)(event);
  }

  // Each where it stays: a handler that runs may have the table grow.
  absl::flat_hash_map<Ref, std::unique_ptr<Handler>> handlers_;
  Ref running_;                     // none: no handler runs
  std::unique_ptr<Handler> ended_;  // it runs, and is no longer in the table
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_HANDLER_TABLE_H_
