// Bindings: who wants to hear which event.
//
// Holds names only (Refs); the handlers themselves belong to whoever drives the core. A dispatch is
// a snapshot taken when the event happens: handlers run later, and one that is added meanwhile does
// not hear of it.
#ifndef PHX_CLIENT_CORE_BINDINGS_H_
#define PHX_CLIENT_CORE_BINDINGS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "client/wire/ref.h"

namespace phx::core {

class Bindings {
 public:
  // Registers `binding` for `event`; with a `filter`, only for messages with that ref.
  void Add(std::string_view event, Ref binding, Ref filter = {});

  // Takes out one binding. False if there is none of that name.
  bool Remove(Ref binding);

  // Takes out all bindings of `event`, and returns them.
  std::vector<Ref> RemoveAll(std::string_view event);

  // Takes out everything, and returns it.
  std::vector<Ref> Clear();

  // Calls `visit(binding)` for each binding of `event` whose filter admits `ref`, in the order of
  // registration.
  template <typename Visit>
  void ForEach(std::string_view event, Ref ref, const Visit& visit) const {
    if (by_event_.empty()) return;
    const auto found = by_event_.find(absl::string_view(event.data(), event.size()));
    if (found == by_event_.end()) return;
    for (const Binding& binding : found->second) {
      if (binding.filter.empty() || binding.filter == ref) visit(binding.name);
    }
  }

  bool empty() const { return by_event_.empty(); }

 private:
  struct Binding {
    Ref name;
    Ref filter;
  };

  absl::flat_hash_map<std::string, std::vector<Binding>> by_event_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_BINDINGS_H_
