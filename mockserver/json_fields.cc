#include "mockserver/json_fields.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

using nlohmann::json;

JsonFields::JsonFields(const json& object, std::string place)
    : json_(object), place_(std::move(place)) {
  if (!json_.is_object()) {
    Complain("must be an object");
  }
}

std::string JsonFields::PlaceOf(const std::string& name) const {
  return place_.empty() ? name : absl::StrCat(place_, ".", name);
}

void JsonFields::Complain(const std::string& name, const std::string& what) {
  Complain(absl::InvalidArgumentError(absl::StrCat(PlaceOf(name), ": ", what)));
}

void JsonFields::Complain(const std::string& what) {
  Complain(absl::InvalidArgumentError(absl::StrCat(place_, place_.empty() ? "" : ": ", what)));
}

void JsonFields::Complain(const absl::Status& status) { status_.Update(status); }

const json* JsonFields::Any(const std::string& name) {
  asked_.insert(name);
  const auto found = json_.is_object() ? json_.find(name) : json_.end();
  return found == json_.end() ? nullptr : &*found;
}

const json* JsonFields::Array(const std::string& name) {
  const json* value = Any(name);
  if (value == nullptr || value->is_array()) return value;
  Complain(name, "must be an array");
  return nullptr;
}

std::optional<std::string> JsonFields::String(const std::string& name) {
  const json* value = Any(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) return value->get<std::string>();
  Complain(name, "must be a string");
  return std::nullopt;
}

std::optional<std::int64_t> JsonFields::Integer(const std::string& name, std::int64_t min,
                                                std::int64_t max) {
  const json* value = Any(name);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_number_integer() &&
                    (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX);
  if (fits) {
    const auto number = value->get<std::int64_t>();
    if (number >= min && number <= max) return number;
  }
  Complain(name, absl::StrCat("must be an integer from ", min, " to ", max));
  return std::nullopt;
}

std::optional<double> JsonFields::Fraction(const std::string& name) {
  const json* value = Any(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_number()) {
    const auto number = value->get<double>();
    if (number >= 0 && number <= 1) return number;
  }
  Complain(name, "must be a number from 0 to 1");
  return std::nullopt;
}

std::optional<bool> JsonFields::Boolean(const std::string& name) {
  const json* value = Any(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_boolean()) return value->get<bool>();
  Complain(name, "must be true or false");
  return std::nullopt;
}

absl::Status JsonFields::Finish() {
  if (!status_.ok() || !json_.is_object()) return status_;
  for (const auto& [name, value] : json_.items()) {
    if (asked_.find(name) == asked_.end()) Complain(name, "there is no such field");
  }
  return status_;
}

}  // namespace phx::mock
