#include "client/core/bindings.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace phx::core {

void Bindings::Add(std::string_view event, Ref binding, Ref filter) {
  by_event_[absl::string_view(event.data(), event.size())].push_back({binding, filter});
}

bool Bindings::Remove(Ref binding) {
  for (auto entry = by_event_.begin(); entry != by_event_.end(); ++entry) {
    std::vector<Binding>& list = entry->second;
    const auto found =
        std::find_if(list.begin(), list.end(), [&](const Binding& b) { return b.name == binding; });
    if (found == list.end()) continue;
    list.erase(found);
    if (list.empty()) by_event_.erase(entry);
    return true;
  }
  return false;
}

std::vector<Ref> Bindings::RemoveAll(std::string_view event) {
  std::vector<Ref> removed;
  const auto found = by_event_.find(absl::string_view(event.data(), event.size()));
  if (found == by_event_.end()) return removed;
  for (const Binding& binding : found->second) removed.push_back(binding.name);
  by_event_.erase(found);
  return removed;
}

std::vector<Ref> Bindings::Clear() {
  std::vector<Ref> removed;
  for (const auto& [event, list] : by_event_) {
    for (const Binding& binding : list) removed.push_back(binding.name);
  }
  by_event_.clear();
  return removed;
}

}  // namespace phx::core
