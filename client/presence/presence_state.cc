#include "client/presence/presence_state.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace phx {
namespace {

using nlohmann::json;

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

// {"ann": {"metas": […]}, …}, without those who have no metas.
absl::StatusOr<std::vector<PresenceListed>> ParseEntries(const json& object) {
  if (!object.is_object()) return absl::DataLossError("presences must be an object");
  std::vector<PresenceListed> entries;
  entries.reserve(object.size());
  for (const auto& [key, value] : object.items()) {
    absl::StatusOr<PresenceEntry> entry = PresenceEntry::Parse(value);
    if (!entry.ok()) {
      return absl::Status(entry.status().code(),
                          absl::StrCat("key \"", key, "\": ", entry.status().message()));
    }
    if (!entry->empty()) entries.push_back({key, *std::move(entry)});
  }
  return entries;
}

absl::StatusOr<std::vector<PresenceListed>> ParseSide(const json& diff, const char* side) {
  const auto entries = diff.find(side);
  if (entries == diff.end()) return std::vector<PresenceListed>();
  return ParseEntries(*entries);
}

}  // namespace

std::ostream& operator<<(std::ostream& os, const PresenceListed& listed) {
  return os << listed.key << ": " << listed.entry;
}

const PresenceEntry* PresenceState::Find(std::string_view key) const {
  const auto found = slots_.find(Abseil(key));
  return found == slots_.end() ? nullptr : &found->second.entry;
}

void PresenceState::Set(std::string_view key, PresenceEntry entry) {
  const auto [slot, is_new] = slots_.try_emplace(Abseil(key));
  if (is_new) slot->second.number = next_number_++;
  slot->second.entry = std::move(entry);
}

void PresenceState::Erase(std::string_view key) { slots_.erase(Abseil(key)); }

std::vector<PresenceListed> PresenceState::List() const {
  using Element = decltype(slots_)::value_type;
  std::vector<const Element*> elements;
  elements.reserve(slots_.size());
  for (const Element& element : slots_) elements.push_back(&element);
  std::sort(elements.begin(), elements.end(),
            [](const Element* a, const Element* b) { return a->second.number < b->second.number; });
  std::vector<PresenceListed> list;
  list.reserve(elements.size());
  for (const Element* element : elements) list.push_back({element->first, element->second.entry});
  return list;
}

bool operator==(const PresenceState& a, const PresenceState& b) {
  return a.size() == b.size() &&
         std::all_of(a.slots_.begin(), a.slots_.end(), [&](const auto& element) {
           const PresenceEntry* other = b.Find(element.first);
           return other != nullptr && *other == element.second.entry;
         });
}

std::ostream& operator<<(std::ostream& os, const PresenceState& state) {
  for (const PresenceListed& listed : state.List()) os << listed << '\n';
  return os;
}

absl::StatusOr<PresenceState> ParsePresenceState(const json& payload) {
  absl::StatusOr<std::vector<PresenceListed>> entries = ParseEntries(payload);
  if (!entries.ok()) return entries.status();
  PresenceState state;
  for (PresenceListed& listed : *entries) state.Set(listed.key, std::move(listed.entry));
  return state;
}

absl::StatusOr<PresenceDiff> ParsePresenceDiff(const json& payload) {
  if (!payload.is_object()) return absl::DataLossError("a presence diff must be an object");
  absl::StatusOr<std::vector<PresenceListed>> joins = ParseSide(payload, "joins");
  if (!joins.ok()) return joins.status();
  absl::StatusOr<std::vector<PresenceListed>> leaves = ParseSide(payload, "leaves");
  if (!leaves.ok()) return leaves.status();
  return PresenceDiff{*std::move(joins), *std::move(leaves)};
}

}  // namespace phx
