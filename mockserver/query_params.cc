#include "mockserver/query_params.h"

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/utf8.h"
#include "nlohmann/json.hpp"

namespace phx::mock {
namespace {

using nlohmann::json;

absl::StatusOr<std::string> PercentDecode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i != text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const std::string_view digits = text.substr(i + 1, 2);
      unsigned byte = 0;
      const auto [stop, error] =
          std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
      if (digits.size() != 2 || error != std::errc() || stop != digits.data() + 2) {
        return absl::InvalidArgumentError("query: % without two hexadecimal digits behind it");
      }
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  if (!wire::IsValidUtf8(out)) return absl::InvalidArgumentError("query: not UTF-8");
  return out;
}

// Names with more brackets would make a value too deep to be gone through.
constexpr std::size_t kMaxPath = 1000;

// "m[k][]" is the path {"m", "k", ""}; a name with unbalanced brackets, or far too many, is taken
// as it is.
std::vector<std::string> SplitName(const std::string& name) {
  const std::size_t open = name.find('[');
  if (open == std::string::npos || open == 0 || name.back() != ']') return {name};
  std::vector<std::string> path = {name.substr(0, open)};
  std::string_view rest = std::string_view(name).substr(open + 1);
  rest.remove_suffix(1);
  for (;;) {
    const std::size_t border = rest.find("][");
    path.emplace_back(rest.substr(0, border));
    if (border == std::string_view::npos) return path;
    if (path.size() == kMaxPath) return {name};
    rest.remove_prefix(border + 2);
  }
}

void Put(json& params, const std::vector<std::string>& path, std::string value) {
  json* target = &params;
  for (std::size_t i = 0; i != path.size(); ++i) {
    const bool is_list = path[i].empty() && i != 0;
    if (is_list) {
      if (!target->is_array()) *target = json::array();
      target->push_back(nullptr);
      target = &target->back();
    } else {
      if (!target->is_object()) *target = json::object();
      target = &(*target)[path[i]];
    }
  }
  *target = std::move(value);
}

}  // namespace

absl::StatusOr<nlohmann::json> DecodeQuery(std::string_view query) {
  json params = json::object();
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    absl::StatusOr<std::string> name = PercentDecode(pair.substr(0, equals));
    if (!name.ok()) return name.status();
    absl::StatusOr<std::string> value =
        PercentDecode(equals == std::string_view::npos ? "" : pair.substr(equals + 1));
    if (!value.ok()) return value.status();
    Put(params, SplitName(*name), *std::move(value));
  }
  return params;
}

}  // namespace phx::mock
