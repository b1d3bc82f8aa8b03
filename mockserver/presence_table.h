// PresenceTable: who is present on which topic: what Phoenix.Presence knows, on one node.
//
// A key (a user, say) is present once for each channel that tracks it, with a meta of its own: an
// object to which "phx_ref" is added, a name for this state of it, and after an update
// "phx_ref_prev", the name of the state before.
#ifndef PHX_MOCKSERVER_PRESENCE_TABLE_H_
#define PHX_MOCKSERVER_PRESENCE_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mockserver/channel.h"

namespace phx::mock {

// Threads: any.
class PresenceTable {
 public:
  // The channel that tracks: its connection and its id there.
  using Owner = std::pair<ConnectionId, std::uint64_t>;

  // The functions below return the payload of the presence_diff that tells the topic what changed,
  // {"joins": …, "leaves": …}; nullopt if nothing did.

  // nullopt if `owner` tracks `key` already.
  std::optional<Json> Track(const std::string& topic, const std::string& key, Owner owner,
                            Json meta);
  // Replaces the meta by what `change` makes of it. nullopt if `owner` does not track `key`.
  std::optional<Json> Update(const std::string& topic, const std::string& key, Owner owner,
                             const std::function<Json(Json)>& change);
  std::optional<Json> Untrack(const std::string& topic, const std::string& key, Owner owner);
  // Untracks all keys of `owner` on `topic`.
  std::optional<Json> UntrackAll(const std::string& topic, Owner owner);

  // {"key": {"metas": [oldest, …]}, …}: the payload of presence_state.
  Json List(const std::string& topic) const;

 private:
  struct Presence {
    Owner owner;
    Json meta;
  };
  using Keys = std::map<std::string, std::vector<Presence>>;

  std::string NextRef();
  Presence* Find(const std::string& topic, const std::string& key, Owner owner);
  void Remove(const std::string& topic, const std::string& key, Owner owner, Json& diff);

  mutable std::mutex mutex_;
  std::map<std::string, Keys> topics_;
  std::uint64_t next_ref_ = 1;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_PRESENCE_TABLE_H_
