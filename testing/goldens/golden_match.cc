#include "testing/goldens/golden_match.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;

bool IsMadeUp(const std::string& key) { return key == "phx_ref" || key == "phx_ref_prev"; }

bool SameMember(const std::string& key, const json& expected, const json& actual) {
  if (IsMadeUp(key) && expected.is_string() && actual.is_string()) {
    return expected.get_ref<const std::string&>().size() ==
           actual.get_ref<const std::string&>().size();
  }
  return SameJson(expected, actual);
}

}  // namespace

bool SameJson(const json& expected, const json& actual) {
  if (expected.is_object() && actual.is_object()) {
    return expected.size() == actual.size() &&
           std::all_of(expected.items().begin(), expected.items().end(), [&](const auto& item) {
             const auto found = actual.find(item.key());
             return found != actual.end() && SameMember(item.key(), item.value(), *found);
           });
  }
  if (expected.is_array() && actual.is_array()) {
    return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), SameJson);
  }
  // 1 and 1.0 are different in Elixir.
  return expected.is_number_float() == actual.is_number_float() && expected == actual;
}

bool SameText(std::string_view expected, std::string_view actual) {
  constexpr bool kAllowExceptions = false;
  const json a = json::parse(expected, nullptr, kAllowExceptions);
  const json b = json::parse(actual, nullptr, kAllowExceptions);
  if (a.is_discarded() || b.is_discarded()) return expected == actual;
  return SameJson(a, b);
}

}  // namespace phx::test
