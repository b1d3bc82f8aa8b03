#include "mockserver/deflate_offer.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"

namespace phx::mock {
namespace {

constexpr int kMinBits = 8;
constexpr int kMinDeflateBits = 9;  // what zlib can compress with
constexpr int kMaxBits = 15;

// A parameter of an offer.
struct Parameter {
  std::string name;
  std::optional<std::string> value;  // without quotes
};

Parameter ParseParameter(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, absl::MaxSplits('=', 1));
  Parameter parameter{std::string(absl::StripAsciiWhitespace(parts[0])), std::nullopt};
  if (parts.size() == 1) return parameter;
  std::string value(absl::StripAsciiWhitespace(parts[1]));
  const bool is_quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
  parameter.value = is_quoted ? value.substr(1, value.size() - 2) : value;
  return parameter;
}

// 0 if it is no size of a window.
int ParseBits(const std::string& value) {
  int bits = 0;
  const bool is_number = !value.empty() && value.size() <= 2 && value.front() != '0' &&
                         std::all_of(value.begin(), value.end(), absl::ascii_isdigit) &&
                         absl::SimpleAtoi(value, &bits);
  return is_number && bits >= kMinBits && bits <= kMaxBits ? bits : 0;
}

// Takes over one parameter; false if it cannot be met.
bool Take(const Parameter& parameter, DeflateTerms& terms) {
  const bool has_value = parameter.value.has_value();
  if (parameter.name == "server_no_context_takeover") {
    terms.server_no_context_takeover = true;
    return !has_value;
  }
  if (parameter.name == "client_no_context_takeover") {
    terms.client_no_context_takeover = true;
    return !has_value;
  }
  const int bits = has_value ? ParseBits(*parameter.value) : 0;
  if (parameter.name == "server_max_window_bits") {
    terms.server_window_bits = bits;
    return terms.server_window_bits >= kMinDeflateBits;
  }
  if (parameter.name != "client_max_window_bits") return false;
  // Without a value the client says that it would keep to a limit, and gets the widest.
  terms.client_window_bits = has_value ? bits : kMaxBits;
  return terms.client_window_bits != 0;
}

// How the parameter is answered.
std::string Answer(const Parameter& parameter) {
  if (parameter.value.has_value()) return absl::StrCat(parameter.name, "=", *parameter.value);
  if (parameter.name != "client_max_window_bits") return parameter.name;
  return absl::StrCat(parameter.name, "=", kMaxBits);
}

std::optional<DeflateTerms> TakeOffer(const std::string& offer, const Flavor& flavor) {
  const std::vector<std::string> parts = Split(offer, ';');  // a name and its parameters
  DeflateTerms terms;
  if (parts[0] != terms.answer) return std::nullopt;
  std::set<std::string> seen;
  for (auto part = parts.begin() + 1; part != parts.end(); ++part) {
    const Parameter parameter = ParseParameter(*part);
    if (!seen.insert(parameter.name).second || !Take(parameter, terms)) return std::nullopt;
    absl::StrAppend(&terms.answer, flavor.is_cowboy() ? "; " : ";", Answer(parameter));
  }
  return terms;
}

}  // namespace

std::optional<DeflateTerms> TakeDeflateOffer(const HttpHeaders& headers, const Flavor& flavor) {
  for (const std::string& offer : ListOf(headers, "sec-websocket-extensions")) {
    if (std::optional<DeflateTerms> terms = TakeOffer(offer, flavor)) return terms;
  }
  return std::nullopt;
}

}  // namespace phx::mock
