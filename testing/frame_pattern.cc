#include "testing/frame_pattern.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace phx::test {

using nlohmann::json;

bool RefNames::Match(const json& pattern, const json& actual) {
  Names names = names_;
  if (!Match(pattern, actual, names)) return false;
  names_ = std::move(names);
  return true;
}

bool RefNames::Match(const json& pattern, const json& actual, Names& names) {
  if (pattern.is_string() && pattern.get_ref<const std::string&>().starts_with('$')) {
    if (!actual.is_string()) return false;
    const auto [name, is_new] = names.emplace(pattern.get<std::string>(), actual);
    return is_new || name->second == actual;
  }
  if (pattern.is_array() && actual.is_array() && pattern.size() == actual.size()) {
    for (std::size_t i = 0; i < pattern.size(); ++i) {
      if (!Match(pattern[i], actual[i], names)) return false;
    }
    return true;
  }
  if (pattern.is_object() && actual.is_object() && pattern.size() == actual.size()) {
    for (const auto& [key, value] : pattern.items()) {
      if (!actual.contains(key) || !Match(value, actual[key], names)) return false;
    }
    return true;
  }
  return pattern == actual;
}

std::string RefNames::Fill(std::string_view text) const {
  std::string filled;
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t start = text.find("\"$", done);
    const std::size_t end =
        start == std::string_view::npos ? std::string_view::npos : text.find('"', start + 1);
    if (end == std::string_view::npos) break;
    const std::string_view name = text.substr(start + 1, end - start - 1);
    const std::string ref = Find(name);
    filled.append(text.substr(done, start + 1 - done))
        .append(ref.empty() ? name : ref)
        .append("\"");
    done = end + 1;
  }
  return filled.append(text.substr(done));
}

void RefNames::Forget(std::string_view name) {
  const auto found = names_.find(name);
  if (found != names_.end()) names_.erase(found);
}

std::string RefNames::Find(std::string_view name) const {
  const auto found = names_.find(name);
  return found == names_.end() ? std::string() : found->second;
}

}  // namespace phx::test
