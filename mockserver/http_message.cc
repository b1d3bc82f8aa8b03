#include "mockserver/http_message.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace phx::mock {

std::string_view HeaderOf(const HttpHeaders& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), separator);
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  return parts;
}

std::vector<std::string> ListOf(const HttpHeaders& headers, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& [header, value] : headers) {
    if (header != name) continue;
    for (std::string& item : Split(value, ',')) {
      if (!item.empty()) values.push_back(std::move(item));
    }
  }
  return values;
}

}  // namespace phx::mock
