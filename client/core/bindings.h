// Bindings: who wants to hear which event.
//
// Holds names only (Refs); the handlers themselves belong to whoever drives the core. A dispatch is
// a snapshot taken when the event happens: handlers run later, and one that is added meanwhile does
// not hear of it.
//
// Most channels have a handler or two, which are found by looking at each of them; many are found
// by a table.
#ifndef PHX_CLIENT_CORE_BINDINGS_H_
#define PHX_CLIENT_CORE_BINDINGS_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
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
    ForEachOf(event, [&](const Binding& binding) {
      if (binding.filter.empty() || binding.filter == ref) visit(binding.name);
    });
  }

  bool empty() const { return few_.empty() && many_ == nullptr; }

 private:
  static constexpr std::size_t kFew = 8;

  struct Binding {
    Ref name;
    Ref filter;
  };
  struct EventBinding {
    std::string event;
    Binding binding;
  };
  using ByEvent = absl::flat_hash_map<std::string, std::vector<Binding>>;

  // Calls `visit` for each binding of `event`, whatever its filter.
  template <typename Visit>
  void ForEachOf(std::string_view event, const Visit& visit) const {
    for (const EventBinding& few : few_) {
      if (few.event == event) visit(few.binding);
    }
    if (many_ == nullptr) return;
    const auto found = many_->find(absl::string_view(event.data(), event.size()));
    if (found == many_->end()) return;
    for (const Binding& binding : found->second) visit(binding);
  }

  void BecomeMany();

  absl::InlinedVector<EventBinding, 1> few_;  // in the order of registration
  std::unique_ptr<ByEvent> many_;             // all of them, once there were more; never empty
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_BINDINGS_H_
