#include "client/presence/presence_entry.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace phx {
namespace {

// Two metas of one phx_ref are one meta, of which the last is the newest.
void RemoveDuplicates(nlohmann::json& metas) {
  if (metas.size() < 2) return;
  absl::flat_hash_map<std::string, std::size_t> seen;
  nlohmann::json unique = nlohmann::json::array();
  for (nlohmann::json& meta : metas) {
    const std::string_view ref = PhxRefOf(meta);
    if (!ref.empty()) {
      const auto [at, is_new] = seen.emplace(ref, unique.size());
      if (!is_new) {
        unique[at->second] = std::move(meta);
        continue;
      }
    }
    unique.push_back(std::move(meta));
  }
  metas = std::move(unique);
}

}  // namespace

std::string_view PhxRefOf(const nlohmann::json& meta) {
  const auto ref = meta.find("phx_ref");
  if (ref == meta.end() || !ref->is_string()) return {};
  return ref->get_ref<const std::string&>();
}

PresenceEntry::PresenceEntry() {
  static const auto& nobody = *new std::shared_ptr<const nlohmann::json>(
      std::make_shared<const nlohmann::json>(nlohmann::json{{"metas", nlohmann::json::array()}}));
  json_ = nobody;
}

absl::StatusOr<PresenceEntry> PresenceEntry::Parse(nlohmann::json value) {
  if (!value.is_object()) return absl::DataLossError("a presence must be an object");
  const auto metas = value.find("metas");
  if (metas == value.end() || !metas->is_array()) {
    return absl::DataLossError("a presence must have an array \"metas\"");
  }
  for (const nlohmann::json& meta : *metas) {
    if (!meta.is_object()) return absl::DataLossError("the metas of a presence must be objects");
  }
  RemoveDuplicates(*metas);
  return PresenceEntry(std::move(value));
}

PresenceEntry PresenceEntry::WithMetas(nlohmann::json metas) const {
  nlohmann::json other = nlohmann::json::object();
  for (const auto& [name, value] : json_->items()) {
    if (name != "metas") other.emplace(name, value);
  }
  other.emplace("metas", std::move(metas));
  return PresenceEntry(std::move(other));
}

}  // namespace phx
