#include "client/presence/presence_tracker.h"

#include <optional>
#include <utility>
#include <vector>

namespace phx {

std::vector<PresenceChange> PresenceTracker::OnState(Ref join_ref, const PresenceState& incoming) {
  synced_join_ = join_ref;
  PresenceEditor editor(state_);
  editor.Apply(DiffBetween(state_, incoming));
  const std::deque<PresenceDiff> waiting = std::exchange(pending_, {});
  if (pending_join_ == join_ref) {
    for (const PresenceDiff& diff : waiting) editor.Apply(diff);
  }
  return editor.Finish();
}

std::optional<std::vector<PresenceChange>> PresenceTracker::OnDiff(Ref join_ref,
                                                                   PresenceDiff diff) {
  if (!IsPending(join_ref)) {
    PresenceEditor editor(state_);
    editor.Apply(diff);
    return editor.Finish();
  }
  if (std::exchange(pending_join_, join_ref) != join_ref) pending_.clear();
  pending_.push_back(std::move(diff));
  if (pending_.size() > max_pending_diffs_) {
    pending_.pop_front();
    ++dropped_diffs_;
  }
  return std::nullopt;
}

}  // namespace phx
