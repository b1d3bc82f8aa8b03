// PresenceTracker: which state and which diffs count.
//
// A diff says what has changed since a state; until the present join has brought one, diffs wait.
// Each join begins anew: what is known stays until the new state, which is then compared with it.
// Diffs that an earlier join left waiting are dropped: the new state knows better.
//
// Threads: none of its own.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_TRACKER_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_TRACKER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "client/presence/presence_state.h"
#include "client/presence/presence_sync.h"
#include "client/wire/ref.h"

namespace phx {

class PresenceTracker {
 public:
  // Of more diffs than that, the oldest go: a state that comes so late has long known of them.
  explicit PresenceTracker(std::size_t max_pending_diffs) : max_pending_diffs_(max_pending_diffs) {}

  // The state that the join `join_ref` brought, and what it changes, waiting diffs included.
  std::vector<PresenceChange> OnState(Ref join_ref, const PresenceState& incoming);

  // What the diff changes; nullopt if it waits for the state of the join `join_ref`.
  std::optional<std::vector<PresenceChange>> OnDiff(Ref join_ref, PresenceDiff diff);

  // Whether the state of the join `join_ref` has not come yet; true for no join.
  bool IsPending(Ref join_ref) const { return join_ref.empty() || join_ref != synced_join_; }

  const PresenceState& state() const { return state_; }

  std::size_t pending_diffs() const { return pending_.size(); }
  std::uint64_t dropped_diffs() const { return dropped_diffs_; }  // there were too many waiting

 private:
  const std::size_t max_pending_diffs_;
  PresenceState state_;
  Ref synced_join_;   // whose state has come
  Ref pending_join_;  // whose diffs wait
  std::deque<PresenceDiff> pending_;
  std::uint64_t dropped_diffs_ = 0;
};

}  // namespace phx

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_TRACKER_H_
