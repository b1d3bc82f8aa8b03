// PresenceEntry: what the server says of one key that is present: a user with all their devices.
//
//   const PresenceEntry& ann = …;
//   ann.metas().size();                      // on how many devices
//   ann.metas()[0].value("status", "");      // what Presence.track was given there
//   ann.json()["user"]["name"];              // what a fetch/2 on the server added
//
//   struct Device { std::string status; };   // with from_json, as nlohmann::json has it
//   absl::StatusOr<std::vector<Device>> devices = ann.MetasAs<Device>();
//
// A value that cannot be changed; copies share it, and cost nothing.
//
// Threads: any.
#ifndef PHX_CLIENT_PRESENCE_PRESENCE_ENTRY_H_
#define PHX_CLIENT_PRESENCE_PRESENCE_ENTRY_H_

#include <exception>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace phx {

// The name of one state of one device, by which metas are told apart ("phx_ref"); empty if the
// server gave none.
std::string_view PhxRefOf(const nlohmann::json& meta);

class PresenceEntry {
 public:
  // Nobody: no metas.
  PresenceEntry();

  // From JSON such as {"metas": [{"phx_ref": "a"}, …], …}. Of metas with one phx_ref the last
  // counts. kDataLoss: not an object, no array "metas", a meta that is not an object.
  static absl::StatusOr<PresenceEntry> Parse(nlohmann::json value);

  // An array of objects, each with a "phx_ref", oldest first.
  const nlohmann::json& metas() const { return json_->at("metas"); }
  bool empty() const { return metas().empty(); }

  // All that the server said: an object with the metas and what else it put beside them.
  const nlohmann::json& json() const { return *json_; }

  // The metas as values of your own type. kDataLoss if one of them is not such a value.
  template <typename T>
  absl::StatusOr<std::vector<T>> MetasAs() const {
    try {
      return metas().template get<std::vector<T>>();
    } catch (const std::exception& error) {
      return absl::DataLossError(absl::StrCat("presence metas: ", error.what()));
    }
  }

  // The same with other metas, which must be as Parse() demands.
  PresenceEntry WithMetas(nlohmann::json metas) const;

  friend bool operator==(const PresenceEntry& a, const PresenceEntry& b) {
    return a.json_ == b.json_ || *a.json_ == *b.json_;
  }
  friend std::ostream& operator<<(std::ostream& os, const PresenceEntry& entry) {
    return os << *entry.json_;
  }

 private:
  explicit PresenceEntry(nlohmann::json value)
      : json_(std::make_shared<const nlohmann::json>(std::move(value))) {}

  std::shared_ptr<const nlohmann::json> json_;
};

}  // namespace phx

#endif  // PHX_CLIENT_PRESENCE_PRESENCE_ENTRY_H_
