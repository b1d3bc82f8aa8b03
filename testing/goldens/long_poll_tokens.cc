#include "testing/goldens/long_poll_tokens.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace phx::test {
namespace {

using nlohmann::json;

// The token in the body of an answer.
std::optional<std::string> TokenIn(const std::string& body) {
  constexpr bool kAllowExceptions = false;
  const json parsed = json::parse(body, nullptr, kAllowExceptions);
  if (!parsed.is_object() || !parsed.contains("token")) return std::nullopt;
  return parsed["token"].get<std::string>();
}

// "SFMyNTY.", the payload, a dot, and the 43 characters of a signature.
bool IsToken(std::string_view token) {
  constexpr std::size_t kSignature = 43;
  return token.starts_with("SFMyNTY.") && token.size() > kSignature + 10 &&
         token[token.size() - kSignature - 1] == '.';
}

void Replace(std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin != std::string::npos) text.replace(begin, from.size(), to);
}

}  // namespace

RawRequest LongPollTokens::ToServer(RawRequest request) const {
  for (const auto& [recorded, server] : servers_) {
    Replace(request.target, recorded, server);
    for (auto& header : request.headers) Replace(header.second, recorded, server);
  }
  return request;
}

void LongPollTokens::ToRecorded(const ServerEvent& expected, ServerEvent& actual) {
  const std::optional<std::string> recorded = TokenIn(expected.data);
  const std::optional<std::string> servers = TokenIn(actual.data);
  if (!recorded.has_value() || !servers.has_value() || !IsToken(*servers)) return;
  if (servers_.try_emplace(*recorded, *servers).first->second != *servers) return;
  const std::string size = std::to_string(actual.data.size());
  Replace(actual.data, *servers, *recorded);
  for (auto& [name, value] : actual.headers) {
    if (name == "content-length" && value == size) value = std::to_string(actual.data.size());
  }
}

}  // namespace phx::test
