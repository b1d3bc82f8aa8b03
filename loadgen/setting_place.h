// SettingPlace: where somebody wrote a setting, for messages: on the command line, or in a scenario
// whose fields have the flags' names, with _ in place of -.
//
//   place.Name("connect-rate");               // --connect-rate
//   place.Name("connect-rate");               // chat.json:4:3: /connect_rate
//   place.Inside("/users/0").Name("topic");   // chat.json:9:5: /users/0/topic
#ifndef PHX_LOADGEN_SETTING_PLACE_H_
#define PHX_LOADGEN_SETTING_PLACE_H_

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "loadgen/json_places.h"

namespace phx::loadgen {

// What a scenario calls the setting that has this flag.
std::string FieldOf(std::string_view flag);

class SettingPlace {
 public:
  // All on the command line.
  SettingPlace() = default;
  // At the top of a scenario, but for `flags`, which were given on the command line.
  SettingPlace(std::shared_ptr<const JsonPlaces> scenario, std::set<std::string> flags)
      : scenario_(std::move(scenario)), flags_(std::move(flags)) {}

  // The same in an object of that scenario: what it does not have itself is said at the top, or on
  // the command line.
  SettingPlace Inside(std::string pointer) const;

  // Whether it is an object that there may be several of.
  bool is_inside() const { return !pointer_.empty(); }

  // How to call the setting that has this flag. `flag` may go on behind a slash: "steps/0/think".
  std::string Name(std::string_view flag) const;
  // The same of one of a list of values, from 0.
  std::string Name(std::string_view flag, std::size_t index) const;

 private:
  std::shared_ptr<const JsonPlaces> scenario_ = nullptr;
  std::string pointer_ = {};  // of the object
  std::set<std::string> flags_ = {};
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SETTING_PLACE_H_
