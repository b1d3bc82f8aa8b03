#include "client/presence/presence_sync.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace phx {
namespace {

using nlohmann::json;

absl::string_view RefOf(const json& meta) {
  const std::string_view ref = PhxRefOf(meta);
  return {ref.data(), ref.size()};
}

// Those of `metas` whose phx_ref is (or is not) among `others`.
json Select(const json& metas, const json& others, bool is_among) {
  absl::flat_hash_set<absl::string_view> refs;
  for (const json& meta : others) refs.insert(RefOf(meta));
  json selected = json::array();
  for (const json& meta : metas) {
    if (refs.contains(RefOf(meta)) == is_among) selected.push_back(meta);
  }
  return selected;
}

json Without(const json& metas, const json& others) { return Select(metas, others, false); }
json Among(const json& metas, const json& others) { return Select(metas, others, true); }

// Those of `metas` that are not in `known` as they stand.
json News(const json& metas, const json& known) {
  absl::flat_hash_map<absl::string_view, const json*> by_ref;
  for (const json& meta : known) by_ref.emplace(RefOf(meta), &meta);
  json news = json::array();
  for (const json& meta : metas) {
    const auto found = by_ref.find(RefOf(meta));
    if (found == by_ref.end() || *found->second != meta) news.push_back(meta);
  }
  return news;
}

}  // namespace

void PresenceEditor::Apply(const PresenceDiff& diff) {
  for (const PresenceListed& listed : diff.joins) Join(listed);
  for (const PresenceListed& listed : diff.leaves) Leave(listed);
}

void PresenceEditor::Join(const PresenceListed& listed) {
  const auto& [key, entry] = listed;
  const PresenceEntry* known = state_.Find(key);
  if (known == nullptr) {
    Touch(key, nullptr);
    changes_.emplace_back(PresenceJoined{key, std::nullopt, entry});
    state_.Set(key, entry);
    return;
  }
  json news = News(entry.metas(), known->metas());
  if (news.empty()) return;
  Touch(key, known);
  json metas = Without(known->metas(), news);
  metas.insert(metas.end(), news.begin(), news.end());
  changes_.emplace_back(PresenceJoined{key, *known, entry.WithMetas(std::move(news))});
  state_.Set(key, entry.WithMetas(std::move(metas)));
}

void PresenceEditor::Leave(const PresenceListed& listed) {
  const auto& [key, entry] = listed;
  const PresenceEntry* known = state_.Find(key);
  if (known == nullptr) return;
  json gone = Among(entry.metas(), known->metas());
  if (gone.empty()) return;
  Touch(key, known);
  PresenceEntry after = known->WithMetas(Without(known->metas(), gone));
  if (after.empty()) {
    state_.Erase(key);
  } else {
    state_.Set(key, after);
  }
  changes_.emplace_back(PresenceLeft{key, std::move(after), entry.WithMetas(std::move(gone))});
}

void PresenceEditor::Touch(std::string_view key, const PresenceEntry* before) {
  const auto [entry, is_first] =
      before_.try_emplace(absl::string_view(key.data(), key.size()), std::nullopt);
  if (!is_first) return;
  touched_.emplace_back(key);
  if (before != nullptr) entry->second = *before;
}

std::vector<PresenceChange> PresenceEditor::Finish() {
  for (std::string& key : touched_) {
    std::optional<PresenceEntry>& before = before_[key];
    const PresenceEntry* after = state_.Find(key);
    if (!before.has_value() || after == nullptr || before->metas() == after->metas()) continue;
    changes_.emplace_back(PresenceUpdated{std::move(key), *std::move(before), *after});
  }
  touched_.clear();
  before_.clear();
  return std::exchange(changes_, {});
}

PresenceDiff DiffBetween(const PresenceState& current, const PresenceState& incoming) {
  PresenceDiff diff;
  for (const PresenceListed& listed : current.List()) {
    const PresenceEntry* other = incoming.Find(listed.key);
    if (other == nullptr) {
      diff.leaves.push_back(listed);
      continue;
    }
    json left = Without(listed.entry.metas(), other->metas());
    if (!left.empty()) diff.leaves.push_back({listed.key, listed.entry.WithMetas(std::move(left))});
  }
  for (PresenceListed& listed : incoming.List()) {
    const PresenceEntry* other = current.Find(listed.key);
    if (other == nullptr) {
      diff.joins.push_back(std::move(listed));
      continue;
    }
    json joined = News(listed.entry.metas(), other->metas());
    if (joined.empty()) continue;
    diff.joins.push_back({std::move(listed.key), listed.entry.WithMetas(std::move(joined))});
  }
  return diff;
}

PresenceSync SyncState(const PresenceState& current, const PresenceState& incoming) {
  return SyncDiff(current, DiffBetween(current, incoming));
}

PresenceSync SyncDiff(const PresenceState& current, const PresenceDiff& diff) {
  PresenceSync sync{.state = current, .changes = {}};
  PresenceEditor editor(sync.state);
  editor.Apply(diff);
  sync.changes = editor.Finish();
  return sync;
}

}  // namespace phx
