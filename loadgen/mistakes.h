// Mistakes: what is wrong with what somebody asked for, a line for each.
//
//   mistakes.Add("--rate: 0 …");
//   SettingMistakes of_kind(&mistakes, kind.place);
//   of_kind.Add("rate-weight", "is …");   // "chat.json:9:5: /users/0/rate_weight: is …"
#ifndef PHX_LOADGEN_MISTAKES_H_
#define PHX_LOADGEN_MISTAKES_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadgen/setting_place.h"

namespace phx::loadgen {

class Mistakes {
 public:
  void Add(std::string mistake) { mistakes_.push_back(std::move(mistake)); }

  // OK, or kInvalidArgument with all of them.
  absl::Status status() const {
    if (mistakes_.empty()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrJoin(mistakes_, "\n"));
  }

 private:
  std::vector<std::string> mistakes_;
};

// Those about the settings of one place: a whole run's, or one kind of user's.
class SettingMistakes {
 public:
  SettingMistakes(Mistakes* mistakes, SettingPlace place)
      : mistakes_(*mistakes), place_(std::move(place)) {}

  const SettingPlace& place() const { return place_; }

  // `what` goes on behind the name of the flag or field.
  void Add(std::string_view flag, std::string_view what) {
    mistakes_.Add(absl::StrCat(place_.Name(flag), ": ", std::string(what)));
  }
  // The same of one of a list of values, from 0.
  void Add(std::string_view flag, std::size_t index, std::string_view what) {
    mistakes_.Add(absl::StrCat(place_.Name(flag, index), ": ", std::string(what)));
  }

 private:
  Mistakes& mistakes_;
  SettingPlace place_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MISTAKES_H_
