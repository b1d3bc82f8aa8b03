#include "mockserver/protocol_version.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "mockserver/channel.h"

namespace phx::mock {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// A number without leading zeros.
bool IsNumber(std::string_view text) {
  return !text.empty() && (text == "0" || text.front() != '0') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Dot-separated identifiers, none of them empty.
bool IsBuildMetadata(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.' ||
      text.find("..") != std::string_view::npos) {
    return false;
  }
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '-' || c == '.'; });
}

}  // namespace

std::optional<ProtocolVersion> NegotiateVersion(std::string_view vsn) {
  const auto plus = vsn.find('+');
  if (plus != std::string_view::npos && !IsBuildMetadata(vsn.substr(plus + 1))) return std::nullopt;
  const std::string_view number = vsn.substr(0, plus);
  constexpr std::string_view kV1 = "1.0.";
  constexpr std::string_view kV2 = "2.0.";
  if (number.starts_with(kV1) && IsNumber(number.substr(kV1.size()))) return ProtocolVersion::kV1;
  if (number.starts_with(kV2) && IsNumber(number.substr(kV2.size()))) return ProtocolVersion::kV2;
  return std::nullopt;
}

}  // namespace phx::mock
