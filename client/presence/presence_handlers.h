// PresenceHandlers: the user's handlers of one Presence.
//
// Handlers may register and take out handlers while they run, themselves included; and they may
// throw.
//
// Threads: none of its own; the socket's strand.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_HANDLERS_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_HANDLERS_H_

#include <exception>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "client/presence/presence_sync.h"
#include "client/wire/ref.h"

namespace phx::internal {

struct PresenceSynced {};  // all changes of one message have been told of

class PresenceHandlers {
 public:
  template <typename Event>
  using HandlerOf = absl::AnyInvocable<void(const Event&)>;
  using Handler = std::variant<HandlerOf<PresenceJoined>, HandlerOf<PresenceLeft>,
                               HandlerOf<PresenceUpdated>, HandlerOf<PresenceSynced>>;

  void Add(Ref ref, Handler handler) {
    entries_.push_back(std::make_shared<Entry>(Entry{ref, std::move(handler)}));
  }

  // From here on the handler does not run. It is destroyed now, unless it is running.
  void Remove(Ref ref) {
    std::erase_if(entries_, [&](const std::shared_ptr<Entry>& entry) {
      if (entry->ref == ref) entry->is_removed = true;
      return entry->is_removed;
    });
  }

  // Tells those who are registered now, in the order of their registration, of each change and then
  // that this was all; as long as `may_go_on()`. `on_throw(what)` for each handler that throws.
  template <typename MayGoOn, typename OnThrow>
  void Run(const std::vector<PresenceChange>& changes, const MayGoOn& may_go_on,
           const OnThrow& on_throw) const {
    const std::vector<std::shared_ptr<Entry>> present = entries_;
    const auto tell = [&](const auto& event) {
      for (const std::shared_ptr<Entry>& entry : present) {
        if (!may_go_on()) return;
        if (!entry->is_removed) Tell(*entry, event, on_throw);
      }
    };
    for (const PresenceChange& change : changes) std::visit(tell, change);
    tell(PresenceSynced());
  }

 private:
  struct Entry {
    Ref ref;
    Handler handler;
    bool is_removed = false;
  };

  template <typename Event, typename OnThrow>
  static void Tell(Entry& entry, const Event& event, const OnThrow& on_throw) {
    auto* handler = std::get_if<HandlerOf<Event>>(&entry.handler);
    if (handler == nullptr) return;
    try {
      (*handler)(event);
    } catch (const std::exception& error) {
      on_throw(std::string_view(error.what()));
    } catch (...) {
      on_throw(std::string_view("an exception that is not a std::exception"));
    }
  }

  std::vector<std::shared_ptr<Entry>> entries_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_HANDLERS_H_
