#include "loadgen/json_syntax.h"

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadgen/json_places.h"

namespace phx::loadgen {

absl::StatusOr<nlohmann::ordered_json> ParseJson(std::string_view text) {
  try {
    return nlohmann::ordered_json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
    return absl::InvalidArgumentError(
        absl::StrCat(LineAndColumn(text, byte), ": is no JSON from here on"));
  } catch (const nlohmann::json::out_of_range&) {  // which does not know where
    return absl::InvalidArgumentError(" has a number that is too large");
  }
}

}  // namespace phx::loadgen
