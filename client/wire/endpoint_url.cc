#include "client/wire/endpoint_url.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "boost/url/encode.hpp"
#include "boost/url/parse.hpp"
#include "boost/url/rfc/unreserved_chars.hpp"
#include "boost/url/url_view.hpp"
#include "client/wire/utf8.h"

namespace phx::wire {
namespace {

constexpr std::string_view kSchemeEnd = "://";

// What ends the part of a URL that names the host.
constexpr std::string_view kDelimiters = "/?#";

bool MayBeHostAndPort(std::string_view authority) {
  const std::size_t colon = authority.rfind(':');
  return colon == std::string_view::npos || authority.starts_with('[') ||
         authority.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

// `url`, which begins with its authority, without user name and password.
std::string_view WithoutCredentials(std::string_view url) {
  const std::string_view authority = url.substr(0, url.find_first_of(kDelimiters));
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) return url.substr(at + 1);
  // A password that contains a delimiter, which should have been encoded, looks like a port that is
  // no number. Where it ends nobody can tell.
  const bool may_be_password =
      !MayBeHostAndPort(authority) && url.find('@') != std::string_view::npos;
  return may_be_password ? std::string_view() : url;
}

absl::Status InvalidUrl(std::string_view url, std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("endpoint URL \"", RedactUrl(url),
                   "\": ", absl::string_view(problem.data(), problem.size())));
}

// What encodeURIComponent does, which is what phoenix.js does.
std::string EncodeComponent(std::string_view text) {
  static constexpr auto kPlain =
      boost::urls::unreserved_chars + boost::urls::grammar::lut_chars("!*'()");
  return boost::urls::encode(boost::core::string_view(text.data(), text.size()), kPlain);
}

std::string TextOf(const nlohmann::json& scalar) {
  return scalar.is_string() ? scalar.get<std::string>() : scalar.dump();
}

void AppendPair(std::string_view key, std::string_view value, std::string& query) {
  if (!query.empty() && !query.ends_with('&')) query.push_back('&');
  absl::StrAppend(&query, EncodeComponent(key), "=", EncodeComponent(value));
}

// False if something in it is not UTF-8.
bool AppendParam(const std::string& key, const nlohmann::json& value, std::string& query) {
  if (value.is_null()) return true;
  if (!value.is_structured()) {
    const std::string text = TextOf(value);
    AppendPair(key, text, query);
    return IsValidUtf8(key) && IsValidUtf8(text);
  }
  for (const auto& [name, member] : value.items()) {
    if (!AppendParam(absl::StrCat(key, "[", name, "]"), member, query)) return false;
  }
  return true;
}

absl::StatusOr<std::string> SchemeOf(std::string_view url, const boost::urls::url_view& parts) {
  if (!parts.has_scheme() || !parts.has_authority()) {
    return InvalidUrl(url, "has no scheme; write it as ws://host:port/socket");
  }
  switch (parts.scheme_id()) {
    case boost::urls::scheme::ws:
    case boost::urls::scheme::http: return std::string("ws");
    case boost::urls::scheme::wss:
    case boost::urls::scheme::https: return std::string("wss");
    default: return InvalidUrl(url, "has a scheme other than ws, wss, http and https");
  }
}

// Boost.URL 1.81 takes the "a" in "ws://host:80a" for a path, which must begin with a slash, and
// its port_number() takes 99999 modulo 65536.
bool IsPortValid(const boost::urls::url_view& parts) {
  const boost::core::string_view path = parts.encoded_path();
  if (!path.empty() && path.front() != '/') return false;
  if (!parts.has_port()) return true;
  std::uint32_t port = 0;
  return absl::SimpleAtoi(std::string(parts.port()), &port) && port != 0 && port <= 0xFFFF;
}

}  // namespace

absl::StatusOr<EndpointUrl> EndpointUrl::Parse(std::string_view url) {
  const auto parsed = boost::urls::parse_uri(boost::core::string_view(url.data(), url.size()));
  if (parsed.has_error()) {
    if (url.find("://") == std::string_view::npos) {
      return InvalidUrl(url, "has no scheme; write it as ws://host:port/socket");
    }
    return InvalidUrl(url, "is not a URL (" + parsed.error().message() + ")");
  }
  const boost::urls::url_view& parts = *parsed;
  absl::StatusOr<std::string> scheme = SchemeOf(url, parts);
  if (!scheme.ok()) return scheme.status();
  if (parts.has_userinfo()) {
    return InvalidUrl(url, "holds a user name; send credentials as a header or as auth_token");
  }
  if (parts.host().empty()) return InvalidUrl(url, "has no host");
  if (!IsPortValid(parts)) {
    return InvalidUrl(url, "has a port that is not a number between 1 and 65535");
  }
  std::string_view path = parts.encoded_path();
  while (path.ends_with('/')) path.remove_suffix(1);
  EndpointUrl endpoint;
  std::string& text = endpoint.url_ = *std::move(scheme);
  text.append(kSchemeEnd).append(std::string(parts.encoded_host_and_port())).append(path);
  endpoint.path_end_ = text.size();
  if (const std::string query(parts.encoded_query()); !query.empty()) text.append("?" + query);
  return endpoint;
}

std::string_view EndpointUrl::path() const {
  const std::string_view redacted = Redacted();
  const std::size_t authority = redacted.find(kSchemeEnd) + kSchemeEnd.size();
  return redacted.substr(std::min(redacted.find('/', authority), redacted.size()));
}

std::string_view EndpointUrl::query() const {
  return std::string_view(url_).substr(std::min(path_end_ + 1, url_.size()));
}

absl::StatusOr<std::string> EndpointUrl::WebSocketUrl(const nlohmann::json& params,
                                                      std::string_view vsn) const {
  if (!params.is_object() && !params.is_null()) {
    return absl::InvalidArgumentError(
        absl::StrCat("connect params must be a JSON object, not ", params.type_name()));
  }
  std::string query(this->query());
  for (const auto& [name, value] : params.items()) {
    if (!AppendParam(name, value, query)) {
      return absl::InvalidArgumentError(
          "connect params hold a text that is not UTF-8, which the server would refuse; encode raw "
          "bytes, for example as base64");
    }
  }
  AppendPair("vsn", vsn, query);
  constexpr std::string_view kWebSocket = "/websocket";
  std::string url(Redacted());
  if (!path().ends_with(kWebSocket)) url.append(kWebSocket);
  return url.append("?").append(query);
}

std::string RedactUrl(std::string_view url) {
  const std::size_t scheme_end = url.find(kSchemeEnd);
  const bool has_scheme =
      scheme_end != std::string_view::npos && url.find_first_of(kDelimiters) == scheme_end + 1;
  const std::size_t authority = has_scheme ? scheme_end + kSchemeEnd.size() : 0;
  const std::string_view rest = WithoutCredentials(url.substr(authority));
  std::string redacted(url.substr(0, authority));
  return redacted.append(rest.substr(0, rest.find_first_of("?#")));
}

}  // namespace phx::wire
