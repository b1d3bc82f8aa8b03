// OwedCloses: the phx_close messages that are still to come for joins that were given up.
//
// Protocol V1 has no join_ref. A phx_close on a topic that was left and is joined again looks the
// same, whichever of the two joins it ends; only counting tells them apart: the server tells of the
// end of every join that it had accepted, the oldest first. (V2 names the join, and nothing is owed
// there.)
#ifndef PHX_CLIENT_CORE_OWED_CLOSES_H_
#define PHX_CLIENT_CORE_OWED_CLOSES_H_

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "client/wire/ref.h"

namespace phx::core {

class OwedCloses {
 public:
  // A leave was sent on V1 for `join`, and nobody waits for what comes of it.
  void Add(std::string_view topic, Ref join) { owed_[Key(topic)].push_back(join); }

  // A phx_close came that names no join. True if it is one of those that are owed.
  bool Take(std::string_view topic) {
    if (owed_.empty()) return false;
    const auto found = owed_.find(Key(topic));
    if (found == owed_.end()) return false;
    Drop(found, found->second.begin());
    return true;
  }

  // Whether the end of `join` is owed.
  bool Has(std::string_view topic, Ref join) const {
    if (owed_.empty()) return false;
    const auto found = owed_.find(Key(topic));
    return found != owed_.end() &&
           std::find(found->second.begin(), found->second.end(), join) != found->second.end();
  }

  // The server refused `join`, too late for whoever gave it up: it has no end to tell of.
  void Forgive(std::string_view topic, Ref join) {
    const auto found = owed_.find(Key(topic));
    if (found == owed_.end()) return;
    const auto owed = std::find(found->second.begin(), found->second.end(), join);
    if (owed != found->second.end()) Drop(found, owed);
  }

  // The connection is gone, and with it all that was to come.
  void Clear() { owed_.clear(); }

 private:
  using Joins = std::vector<Ref>;  // oldest first
  using ByTopic = absl::flat_hash_map<std::string, Joins>;

  static absl::string_view Key(std::string_view topic) { return {topic.data(), topic.size()}; }

  void Drop(ByTopic::iterator topic, Joins::iterator join) {
    topic->second.erase(join);
    if (topic->second.empty()) owed_.erase(topic);
  }

  ByTopic owed_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_OWED_CLOSES_H_
