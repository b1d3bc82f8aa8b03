// PresenceBoard: what is known of those present, for any thread to read.
//
// Threads: any. The lock is held while a message is taken in or the list is copied, and never while
// user code runs.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_BOARD_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_BOARD_H_

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "client/presence/presence_state.h"
#include "client/presence/presence_tracker.h"
#include "client/wire/ref.h"

namespace phx::internal {

class PresenceBoard {
 public:
  explicit PresenceBoard(std::size_t max_pending_diffs) : tracker_(max_pending_diffs) {}

  // As PresenceTracker's functions.
  std::vector<PresenceChange> OnState(Ref join_ref, const PresenceState& incoming) {
    const std::lock_guard lock(mutex_);
    return tracker_.OnState(join_ref, incoming);
  }
  std::optional<std::vector<PresenceChange>> OnDiff(Ref join_ref, PresenceDiff diff) {
    const std::lock_guard lock(mutex_);
    return tracker_.OnDiff(join_ref, std::move(diff));
  }
  bool IsPending(Ref join_ref) const {
    const std::lock_guard lock(mutex_);
    return tracker_.IsPending(join_ref);
  }
  std::uint64_t dropped_diffs() const {
    const std::lock_guard lock(mutex_);
    return tracker_.dropped_diffs();
  }

  std::vector<PresenceListed> List() const {
    const std::lock_guard lock(mutex_);
    return tracker_.state().List();
  }
  std::optional<PresenceEntry> Get(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const PresenceEntry* entry = tracker_.state().Find(key);
    return entry == nullptr ? std::nullopt : std::optional(*entry);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return tracker_.state().size();
  }

 private:
  mutable std::mutex mutex_;
  PresenceTracker tracker_;  // under mutex_
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_BOARD_H_
