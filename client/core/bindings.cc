#include "client/core/bindings.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace phx::core {

void Bindings::Add(std::string_view event, Ref binding, Ref filter) {
  if (many_ == nullptr && few_.size() < kFew) {
    few_.push_back({std::string(event), {binding, filter}});
    return;
  }
  if (many_ == nullptr) BecomeMany();
  (*many_)[absl::string_view(event.data(), event.size())].push_back({binding, filter});
}

void Bindings::BecomeMany() {
  many_ = std::make_unique<ByEvent>();
  for (EventBinding& few : few_) (*many_)[std::move(few.event)].push_back(few.binding);
  few_.clear();
  few_.shrink_to_fit();
}

bool Bindings::Remove(Ref binding) {
  auto* const found = std::find_if(few_.begin(), few_.end(), [&](const EventBinding& few) {
    return few.binding.name == binding;
  });
  if (found != few_.end()) {
    few_.erase(found);
    return true;
  }
  if (many_ == nullptr) return false;
  for (auto entry = many_->begin(); entry != many_->end(); ++entry) {
    std::vector<Binding>& list = entry->second;
    if (std::erase_if(list, [&](const Binding& b) { return b.name == binding; }) == 0) continue;
    if (list.empty()) many_->erase(entry);
    if (many_->empty()) many_.reset();
    return true;
  }
  return false;
}

std::vector<Ref> Bindings::RemoveAll(std::string_view event) {
  std::vector<Ref> removed;
  ForEachOf(event, [&](const Binding& binding) { removed.push_back(binding.name); });
  few_.erase(std::remove_if(few_.begin(), few_.end(),
                            [&](const EventBinding& few) { return few.event == event; }),
             few_.end());
  if (many_ == nullptr) return removed;
  many_->erase(absl::string_view(event.data(), event.size()));
  if (many_->empty()) many_.reset();
  return removed;
}

std::vector<Ref> Bindings::Clear() {
  std::vector<Ref> removed;
  for (const EventBinding& few : few_) removed.push_back(few.binding.name);
  few_.clear();
  if (many_ == nullptr) return removed;
  for (const auto& [event, list] : *many_) {
    for (const Binding& binding : list) removed.push_back(binding.name);
  }
  many_.reset();
  return removed;
}

}  // namespace phx::core
