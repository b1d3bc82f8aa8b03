// Mistakes: what is wrong with what somebody asked for, a line for each.
//
//   mistakes.Add("--rate: 0 …");
//   KindMistakes of_kind(&mistakes, "/users/0");
//   of_kind.Add("payload-size", "is out of range");    // "/users/0/payload_size: is out of range"
#ifndef PHX_LOADGEN_MISTAKES_H_
#define PHX_LOADGEN_MISTAKES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"

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

// Those about one kind of user. What it was asked for came by flags, if `place` is empty, or from
// the object at that place of a scenario, whose fields have the flags' names.
class KindMistakes {
 public:
  KindMistakes(Mistakes* mistakes, std::string place)
      : mistakes_(*mistakes), place_(std::move(place)) {}

  // `what` goes on behind the name of the flag or field.
  void Add(std::string_view flag, std::string_view what) {
    const std::string name(flag);
    mistakes_.Add(absl::StrCat(
        place_.empty() ? absl::StrCat("--", name)
                       : absl::StrCat(place_, "/", absl::StrReplaceAll(name, {{"-", "_"}})),
        ": ", std::string(what)));
  }

 private:
  Mistakes& mistakes_;
  std::string place_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MISTAKES_H_
