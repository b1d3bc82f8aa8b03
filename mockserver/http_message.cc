#include "mockserver/http_message.h"

#include <algorithm>
#include <string_view>

namespace phx::mock {

std::string_view HeaderOf(const HttpHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace phx::mock
