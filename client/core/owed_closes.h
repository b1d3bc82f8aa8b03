// OwedCloses: the phx_close messages that are still to come for joins that were given up.
//
// Protocol V1 has no join_ref. A phx_close on a topic that was left and is joined again looks the
// same, whichever of the two joins it ends; only counting tells them apart: the server tells of the
// end of every join, the oldest first. (V2 names the join, and nothing is owed there.)
#ifndef PHX_CLIENT_CORE_OWED_CLOSES_H_
#define PHX_CLIENT_CORE_OWED_CLOSES_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace phx::core {

class OwedCloses {
 public:
  // A leave was sent on V1, and nobody waits for what comes of it.
  void Add(std::string_view topic) { ++owed_[absl::string_view(topic.data(), topic.size())]; }

  // A phx_close came that names no join. True if it is one of those that are owed.
  bool Take(std::string_view topic) {
    if (owed_.empty()) return false;
    const auto found = owed_.find(absl::string_view(topic.data(), topic.size()));
    if (found == owed_.end()) return false;
    if (--found->second == 0) owed_.erase(found);
    return true;
  }

  // The connection is gone, and with it all that was to come.
  void Clear() { owed_.clear(); }

 private:
  absl::flat_hash_map<std::string, int> owed_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_OWED_CLOSES_H_
