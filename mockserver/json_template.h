// JsonTemplate: JSON with holes, which are filled with values when it is used.
//
//   absl::StatusOr<JsonTemplate> greeting =
//       JsonTemplate::Parse({{"text", "hello ${payload.user}"}, {"all", "${payload}"}},
//       {"payload"});
//   greeting->Render({{"payload", {{"user", "ann"}}}});
//   // {"text": "hello ann", "all": {"user": "ann"}}
//
// Holes are in strings: "${name}", or "${name.member}" for a member of the value, or its element if
// `member` is a number, as deep as need be. A string that is one hole and nothing else becomes the
// value itself, of whatever type; in a longer string a hole becomes the value's text. What a value
// does not have is null. "$${" stands for "${". The names of members are never looked at.
#ifndef PHX_MOCKSERVER_JSON_TEMPLATE_H_
#define PHX_MOCKSERVER_JSON_TEMPLATE_H_

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::mock {

// Threads: immutable.
class JsonTemplate {
 public:
  // null.
  JsonTemplate() = default;

  // kInvalidArgument, saying which, for a hole that is not closed or whose name is none of `names`.
  static absl::StatusOr<JsonTemplate> Parse(nlohmann::json value,
                                            const std::set<std::string, std::less<>>& names);

  // `values` is an object with the names of Parse().
  nlohmann::json Render(const nlohmann::json& values) const;
  // What it renders, as text: a string as it is, anything else as JSON.
  std::string RenderText(const nlohmann::json& values) const;

  // Whether there is nothing but the value of that name: "${name}".
  bool is_only(std::string_view name) const;
  // Whether there is a hole, so that it matters what is rendered with.
  bool has_holes() const { return has_holes_; }

 private:
  explicit JsonTemplate(nlohmann::json json, bool has_holes)
      : json_(std::move(json)), has_holes_(has_holes) {}

  nlohmann::json json_;
  bool has_holes_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_JSON_TEMPLATE_H_
