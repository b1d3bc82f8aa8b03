#include "loadgen/json_syntax.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

using Json = nlohmann::ordered_json;

// "3:14", of the byte before `end`.
std::string PlaceOf(std::string_view text, std::size_t end) {
  const std::string_view before = text.substr(0, end == 0 ? 0 : end - 1);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return absl::StrCat(std::count(before.begin(), before.end(), '\n') + 1, ":",
                      before.size() - line_begin + 1);
}

// Remembers a field that an object has twice, of which the parser keeps one.
class TwiceFinder {
 public:
  bool operator()(int /*depth*/, Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) names_.emplace_back();
    if (event == Json::parse_event_t::object_end) names_.pop_back();
    if (event == Json::parse_event_t::key && !names_.back().insert(parsed).second) {
      if (twice_.empty()) twice_ = parsed.get<std::string>();
    }
    return true;
  }

  const std::string& twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> names_;
  std::string twice_;
};

}  // namespace

absl::StatusOr<Json> ParseJson(std::string_view text) {
  TwiceFinder finder;
  try {
    Json json =
        Json::parse(text, [&finder](int depth, Json::parse_event_t event, const Json& parsed) {
          return finder(depth, event, parsed);
        });
    if (finder.twice().empty()) return json;
    return absl::InvalidArgumentError(
        absl::StrCat(" the field \"", finder.twice(), "\" is there twice in one object"));
  } catch (const Json::parse_error& error) {
    return absl::InvalidArgumentError(
        absl::StrCat(PlaceOf(text, error.byte), ": is no JSON from here on"));
  }
}

}  // namespace phx::loadgen
