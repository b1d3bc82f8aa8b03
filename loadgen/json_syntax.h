// Reads JSON that a person wrote, and points at the place that is not understood.
#ifndef PHX_LOADGEN_JSON_SYNTAX_H_
#define PHX_LOADGEN_JSON_SYNTAX_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {

// ParseJson()
//
// With its fields in their order; of two of one name the last one. kInvalidArgument: "3:14: …",
// with the line and the column, from 1, of what is no JSON; of a number that is too large for a
// double without them.
absl::StatusOr<nlohmann::ordered_json> ParseJson(std::string_view text);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_JSON_SYNTAX_H_
