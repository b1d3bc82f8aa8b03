#include "loadgen/setting_place.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace phx::loadgen {

std::string FieldOf(std::string_view flag) {
  return absl::StrReplaceAll(absl::string_view(flag.data(), flag.size()), {{"-", "_"}});
}

SettingPlace SettingPlace::Inside(std::string pointer) const {
  SettingPlace inside = *this;
  inside.pointer_ = std::move(pointer);
  return inside;
}

std::string SettingPlace::Name(std::string_view flag) const {
  const std::string name(flag);
  const std::string field = absl::StrCat("/", FieldOf(name));
  const std::string root = field.substr(0, field.find('/', 1));  // what has a flag of its own
  if (scenario_ == nullptr) return absl::StrCat("--", name);
  if (is_inside() && scenario_->Has(pointer_ + root)) return scenario_->Describe(pointer_ + field);
  if (flags_.contains(name.substr(0, name.find('/')))) return absl::StrCat("--", name);
  if (scenario_->Has(root)) return scenario_->Describe(field);
  return is_inside() ? scenario_->Describe(pointer_ + field) : absl::StrCat("--", name);
}

std::string SettingPlace::Name(std::string_view flag, std::size_t index) const {
  const std::string element = absl::StrCat(std::string(flag), "/", index);
  const bool is_listed = scenario_ != nullptr &&
                         scenario_->Has(absl::StrCat(pointer_, "/", FieldOf(element))) &&
                         !flags_.contains(std::string(flag));
  return Name(is_listed ? element : flag);
}

}  // namespace phx::loadgen
