#include "client/transport/deflate_agreement.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "client/transport/deflate_options.h"
#include "client/transport/http_request.h"
#include "client/wire/connection_info.h"

namespace phx {
namespace {

constexpr int kMaxBits = 15;

absl::Status CheckRange(const char* option, int value, int least, int most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("deflate option ", option, " is ", value,
                                                 ", and must be ", least, " to ", most));
}

absl::Status Bad(std::string_view problem) {
  return absl::UnavailableError(absl::StrCat("the server's Sec-WebSocket-Extensions ",
                                             absl::string_view(problem.data(), problem.size())));
}

// The parts of `text` between separators, without the blanks around them.
std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts =
      absl::StrSplit(absl::string_view(text.data(), text.size()), separator);
  for (std::string& part : parts) part = std::string(absl::StripAsciiWhitespace(part));
  return parts;
}

// "15", or, quoted, "\"15\"". 0 if it is not a size of a window.
int ParseBits(std::string value) {
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  int bits = 0;
  const bool is_number = !value.empty() && value.front() != '0' && value.front() != '+' &&
                         absl::SimpleAtoi(value, &bits);
  return is_number && bits >= 8 && bits <= kMaxBits ? bits : 0;
}

// Takes over one parameter.
absl::Status Take(std::string_view parameter, const DeflateOptions& options,
                  DeflateAgreement& agreement) {
  const std::vector<std::string> parts = Split(parameter, '=');
  const std::string name = absl::AsciiStrToLower(parts.front());
  const bool has_value = parts.size() == 2;
  if (parts.size() > 2) return Bad("is malformed");
  const int bits = has_value ? ParseBits(parts[1]) : 0;
  if (name == "client_no_context_takeover" && !has_value) {
    agreement.client_no_context_takeover = true;
  } else if (name == "server_no_context_takeover" && !has_value) {
    agreement.server_no_context_takeover = true;
  } else if (name == "client_max_window_bits" && bits != 0 &&
             bits <= options.client_max_window_bits) {
    agreement.client_window_bits = bits;
  } else if (name == "server_max_window_bits" && bits != 0 &&
             bits <= options.server_max_window_bits) {
    agreement.server_window_bits = bits;
  } else {
    return Bad(
        absl::StrCat("has \"", std::string(parameter.substr(0, 64)), "\", which was not offered"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckDeflateOptions(const DeflateOptions& options) {
  absl::Status status = CheckRange("level", options.level, 1, 9);
  status.Update(CheckRange("client_max_window_bits", options.client_max_window_bits, kMinWindowBits,
                           kMaxBits));
  status.Update(CheckRange("server_max_window_bits", options.server_max_window_bits, kMinWindowBits,
                           kMaxBits));
  return status;
}

std::string DeflateOffer(const DeflateOptions& options) {
  std::string offer = "permessage-deflate; client_max_window_bits";
  if (options.client_max_window_bits < kMaxBits) {
    absl::StrAppend(&offer, "=", options.client_max_window_bits);
  }
  if (options.server_max_window_bits < kMaxBits) {
    absl::StrAppend(&offer, "; server_max_window_bits=", options.server_max_window_bits);
  }
  if (options.client_no_context_takeover) offer.append("; client_no_context_takeover");
  if (options.server_no_context_takeover) offer.append("; server_no_context_takeover");
  return offer;
}

absl::StatusOr<std::optional<DeflateAgreement>> ParseDeflateAnswer(const DeflateOptions& options,
                                                                   const HttpHeaders& headers) {
  std::vector<std::string> extensions;
  for (const auto& [name, value] : headers) {
    if (!IsSameHeader(name, "Sec-WebSocket-Extensions")) continue;
    for (const std::string& extension : Split(value, ',')) {
      if (!extension.empty()) extensions.push_back(extension);
    }
  }
  if (extensions.empty()) return std::nullopt;
  if (extensions.size() > 1) return Bad("names more than one");
  const std::vector<std::string> parts = Split(extensions.front(), ';');
  if (!absl::EqualsIgnoreCase(parts.front(), "permessage-deflate")) {
    return Bad("names an extension that was not offered");
  }
  DeflateAgreement agreement{.client_window_bits = options.client_max_window_bits,
                             .client_no_context_takeover = options.client_no_context_takeover};
  std::set<std::string> seen;
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::string name = absl::AsciiStrToLower(Split(parts[i], '=').front());
    if (!seen.insert(name).second) return Bad("has a parameter twice");
    if (absl::Status taken = Take(parts[i], options, agreement); !taken.ok()) return taken;
  }
  return agreement;
}

}  // namespace phx
