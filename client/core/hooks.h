// Hooks: who wants to hear of the life of a socket or channel, as opposed to its events.
#ifndef PHX_CLIENT_CORE_HOOKS_H_
#define PHX_CLIENT_CORE_HOOKS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "client/core/action_queue.h"
#include "client/core/notification.h"
#include "client/wire/ref.h"

namespace phx::core {

enum class Hook : std::uint8_t {
  kOpen,       // socket
  kClose,      // socket, channel
  kError,      // socket, channel
  kMessage,    // socket, channel
  kHeartbeat,  // socket
  kStatus,     // socket, channel
  kJoin,       // channel
};

class Hooks {
 public:
  void Add(Hook hook, Ref binding) { bindings_.push_back({hook, binding}); }

  bool Remove(Ref binding) {
    auto* const removed = std::remove_if(bindings_.begin(), bindings_.end(),
                                         [&](const Binding& b) { return b.name == binding; });
    const bool is_found = removed != bindings_.end();
    bindings_.erase(removed, bindings_.end());
    return is_found;
  }

  std::vector<Ref> Clear() {
    std::vector<Ref> removed;
    for (const Binding& binding : bindings_) removed.push_back(binding.name);
    bindings_.clear();
    return removed;
  }

  // Whether anybody wants to hear of `hook`: what is told need not be made for nobody.
  bool Has(Hook hook) const {
    return std::any_of(bindings_.begin(), bindings_.end(),
                       [&](const Binding& b) { return b.hook == hook; });
  }

  // Queues a Dispatch of `notification` for each binding of `hook`, in the order of registration.
  void Notify(Hook hook, const Notification& notification, ActionQueue& actions) const {
    if (!bindings_.empty()) NotifyBound(hook, notification, actions);
  }

 private:
  struct Binding {
    Hook hook;
    Ref name;
  };

  void NotifyBound(Hook hook, const Notification& notification, ActionQueue& actions) const {
    for (const Binding& binding : bindings_) {
      if (binding.hook == hook) actions.Add(Dispatch{binding.name, notification});
    }
  }

  absl::InlinedVector<Binding, 1> bindings_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_HOOKS_H_
