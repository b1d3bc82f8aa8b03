// When two frames say the same.
#ifndef PHX_TESTING_GOLDENS_GOLDEN_MATCH_H_
#define PHX_TESTING_GOLDENS_GOLDEN_MATCH_H_

#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace phx::test {

// Whether `actual` is the JSON value `expected`, but for what Phoenix makes up: the members
// "phx_ref" and "phx_ref_prev" only have to be strings of the same length.
bool SameJson(const nlohmann::json& expected, const nlohmann::json& actual);

// The same for JSON texts. Texts that are not JSON must be equal.
bool SameText(std::string_view expected, std::string_view actual);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_GOLDEN_MATCH_H_
