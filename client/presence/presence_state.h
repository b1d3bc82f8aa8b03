// PresenceState: who is present, and PresenceDiff: what the server says has changed.
//
//   absl::StatusOr<PresenceState> state = ParsePresenceState(message.payload.json());
//   if (const PresenceEntry* ann = state->Find("ann")) …
//   for (const PresenceListed& someone : state->List()) …
//
// Keys are arbitrary strings. Only those are present of whom there are metas.
//
// Threads: as any value.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_STATE_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_STATE_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "client/presence/presence_entry.h"
#include "nlohmann/json.hpp"

namespace phx {

struct PresenceListed {
  std::string key = {};
  PresenceEntry entry = {};

  friend bool operator==(const PresenceListed&, const PresenceListed&) = default;
};
std::ostream& operator<<(std::ostream& os, const PresenceListed& listed);

class PresenceState {
 public:
  // nullptr if the key is not present. Valid until the next change.
  const PresenceEntry* Find(std::string_view key) const;

  // A key that was not there comes last; one that was keeps its place.
  void Set(std::string_view key, PresenceEntry entry);
  void Erase(std::string_view key);

  std::size_t size() const { return slots_.size(); }
  bool empty() const { return slots_.empty(); }

  // In the order in which the keys came; those of one message in the order of their bytes.
  std::vector<PresenceListed> List() const;

  // The same keys with the same entries, in whatever order.
  friend bool operator==(const PresenceState& a, const PresenceState& b);
  friend std::ostream& operator<<(std::ostream& os, const PresenceState& state);

 private:
  struct Slot {
    std::uint64_t number = 0;  // grows in the order of List()
    PresenceEntry entry;
  };

  absl::flat_hash_map<std::string, Slot> slots_;
  std::uint64_t next_number_ = 0;
};

struct PresenceDiff {
  std::vector<PresenceListed> joins = {};
  std::vector<PresenceListed> leaves = {};
};

// The payload of a presence_state: {"ann": {"metas": […]}, …}. kDataLoss, naming the key, if it is
// anything else.
absl::StatusOr<PresenceState> ParsePresenceState(const nlohmann::json& payload);

// The payload of a presence_diff: {"joins": {…}, "leaves": {…}}; either may be missing.
absl::StatusOr<PresenceDiff> ParsePresenceDiff(const nlohmann::json& payload);

}  // namespace phx

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_STATE_H_
