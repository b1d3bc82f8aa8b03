// SyncState and SyncDiff: how the list of those present follows what the server says, as
// Presence.syncState and Presence.syncDiff of phoenix.js do; without their side effects.
//
//   const PresenceSync sync = SyncDiff(state, diff);
//   for (const PresenceChange& change : sync.changes) …
//   state = sync.state;
//
// What changes are made of: a join adds metas to a key, a leave takes metas of a key away, each
// told apart by phx_ref. What the server tells a second time is no change. (phoenix.js runs onJoin
// for it; so every client of a Phoenix server that tracks itself hears itself join twice, once by
// the state and once by the diff that went before it.)
//
// Threads: pure functions.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_SYNC_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_SYNC_H_

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "client/presence/presence_entry.h"
#include "client/presence/presence_state.h"

namespace phx {

// A key has come, or more metas of one that was there.
struct PresenceJoined {
  std::string key = {};
  std::optional<PresenceEntry> before = std::nullopt;  // what there was of the key until now
  PresenceEntry joined = {};                           // with the new metas only

  // The key was not present: a user has come, and not just another device of theirs.
  bool is_first() const { return !before.has_value(); }

  friend bool operator==(const PresenceJoined&, const PresenceJoined&) = default;
};

// Metas of a key are gone, and with the last of them the key.
struct PresenceLeft {
  std::string key = {};
  PresenceEntry after = {};  // what is left of the key; without metas if it is gone
  PresenceEntry left = {};   // with the metas that are gone only

  bool is_last() const { return after.empty(); }

  friend bool operator==(const PresenceLeft&, const PresenceLeft&) = default;
};

// A key that was present and still is has other metas than before: the sum of its joins and leaves
// in one message of the server.
struct PresenceUpdated {
  std::string key = {};
  PresenceEntry before = {};
  PresenceEntry after = {};

  friend bool operator==(const PresenceUpdated&, const PresenceUpdated&) = default;
};

using PresenceChange = std::variant<PresenceJoined, PresenceLeft, PresenceUpdated>;

struct PresenceSync {
  PresenceState state;
  std::vector<PresenceChange> changes;  // joins, then leaves, then updates
};

// From `current` to `incoming`, which the server sent in full.
PresenceSync SyncState(const PresenceState& current, const PresenceState& incoming);

// From `current` on by what the server says has changed. Joins come first.
PresenceSync SyncDiff(const PresenceState& current, const PresenceDiff& diff);

// What must be applied to `current` to get to `incoming`.
PresenceDiff DiffBetween(const PresenceState& current, const PresenceState& incoming);

// PresenceEditor: applies diffs to a state in place, and notes what changes. What a diff costs
// depends on the keys that it names, not on how many there are.
class PresenceEditor {
 public:
  // `state` outlives the editor.
  explicit PresenceEditor(PresenceState& state) : state_(state) {}

  void Apply(const PresenceDiff& diff);

  // The joins and leaves in their order, and then the updates, one a key.
  std::vector<PresenceChange> Finish();

 private:
  void Join(const PresenceListed& listed);
  void Leave(const PresenceListed& listed);
  void Touch(std::string_view key, const PresenceEntry* before);

  PresenceState& state_;
  std::vector<PresenceChange> changes_;
  std::vector<std::string> touched_;  // keys, in the order of their first change
  absl::flat_hash_map<std::string, std::optional<PresenceEntry>> before_;  // of each touched key
};

}  // namespace phx

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_SYNC_H_
