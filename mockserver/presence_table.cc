#include "mockserver/presence_table.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mockserver/channel.h"

namespace phx::mock {
namespace {

Json NoDiff() { return {{"joins", Json::object()}, {"leaves", Json::object()}}; }

void Add(Json& part, const std::string& key, const Json& meta) {
  part[key]["metas"].push_back(meta);
}

}  // namespace

// Sixteen characters of URL-safe base64, as Phoenix's. Theirs begin with the time; here the first
// characters are constant, so that the same test gives the same refs.
std::string PresenceTable::NextRef() {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string ref(16, kAlphabet.front());
  std::uint64_t number = next_ref_++;
  for (auto digit = ref.rbegin(); number != 0; ++digit, number /= kAlphabet.size()) {
    *digit = kAlphabet[number % kAlphabet.size()];
  }
  return ref;
}

PresenceTable::Presence* PresenceTable::Find(const std::string& topic, const std::string& key,
                                             Owner owner) {
  const auto keys = topics_.find(topic);
  if (keys == topics_.end()) return nullptr;
  const auto presences = keys->second.find(key);
  if (presences == keys->second.end()) return nullptr;
  const auto found =
      std::find_if(presences->second.begin(), presences->second.end(),
                   [&](const Presence& presence) { return presence.owner == owner; });
  return found == presences->second.end() ? nullptr : &*found;
}

std::optional<Json> PresenceTable::Track(const std::string& topic, const std::string& key,
                                         Owner owner, Json meta) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Find(topic, key, owner) != nullptr) return std::nullopt;
  meta["phx_ref"] = NextRef();
  Json diff = NoDiff();
  Add(diff["joins"], key, meta);
  topics_[topic][key].push_back({owner, std::move(meta)});
  return diff;
}

std::optional<Json> PresenceTable::Update(const std::string& topic, const std::string& key,
                                          Owner owner, const std::function<Json(Json)>& change) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Presence* presence = Find(topic, key, owner);
  if (presence == nullptr) return std::nullopt;
  Json diff = NoDiff();
  Add(diff["leaves"], key, presence->meta);
  Json meta = change(presence->meta);
  meta["phx_ref_prev"] = presence->meta["phx_ref"];
  meta["phx_ref"] = NextRef();
  Add(diff["joins"], key, meta);
  presence->meta = std::move(meta);
  return diff;
}

void PresenceTable::Remove(const std::string& topic, const std::string& key, Owner owner,
                           Json& diff) {
  Keys& keys = topics_.at(topic);
  std::vector<Presence>& presences = keys.at(key);
  const auto found =
      std::find_if(presences.begin(), presences.end(),
                   [&](const Presence& presence) { return presence.owner == owner; });
  Add(diff["leaves"], key, found->meta);
  presences.erase(found);
  if (presences.empty()) keys.erase(key);
  if (keys.empty()) topics_.erase(topic);
}

std::optional<Json> PresenceTable::Untrack(const std::string& topic, const std::string& key,
                                           Owner owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (Find(topic, key, owner) == nullptr) return std::nullopt;
  Json diff = NoDiff();
  Remove(topic, key, owner, diff);
  return diff;
}

std::optional<Json> PresenceTable::UntrackAll(const std::string& topic, Owner owner) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto keys = topics_.find(topic);
  if (keys == topics_.end()) return std::nullopt;
  std::vector<std::string> tracked;
  for (const auto& [key, presences] : keys->second) {
    if (Find(topic, key, owner) != nullptr) tracked.push_back(key);
  }
  if (tracked.empty()) return std::nullopt;
  Json diff = NoDiff();
  for (const std::string& key : tracked) Remove(topic, key, owner, diff);
  return diff;
}

Json PresenceTable::List(const std::string& topic) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  Json list = Json::object();
  const auto keys = topics_.find(topic);
  if (keys == topics_.end()) return list;
  for (const auto& [key, presences] : keys->second) {
    for (const Presence& presence : presences) Add(list, key, presence.meta);
  }
  return list;
}

}  // namespace phx::mock
