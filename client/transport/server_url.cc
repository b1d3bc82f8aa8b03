#include "client/transport/server_url.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "boost/url/parse.hpp"
#include "boost/url/url_view.hpp"

namespace phx {
namespace {

absl::Status Invalid(std::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("the URL ", absl::string_view(problem.data(), problem.size())));
}

absl::StatusOr<bool> IsSecure(const boost::urls::url_view& url) {
  switch (url.scheme_id()) {
    case boost::urls::scheme::ws:
    case boost::urls::scheme::http: return false;
    case boost::urls::scheme::wss:
    case boost::urls::scheme::https: return true;
    default: return Invalid("has a scheme other than ws, wss, http and https");
  }
}

absl::Status CheckAuthority(const boost::urls::url_view& url) {
  if (url.has_userinfo()) {
    return Invalid("holds a user name or password; send them in a header");
  }
  if (url.encoded_host().empty()) return Invalid("names no host");
  // What Boost.URL cannot read as a port becomes a path that does not begin as one.
  if (!url.encoded_path().empty() && url.encoded_path().front() != '/') {
    return Invalid("has a port that is not a number");
  }
  return absl::OkStatus();
}

// The port of `url`. Not Boost.URL's port_number(), which takes 99999 modulo 65536.
absl::StatusOr<std::uint16_t> PortOf(const boost::urls::url_view& url, std::uint16_t default_port) {
  const auto text = url.port();
  if (text.empty()) return default_port;
  std::uint32_t port = 0;
  if (!absl::SimpleAtoi(absl::string_view(text.data(), text.size()), &port) || port == 0 ||
      port > 0xFFFF) {
    return Invalid("has a port outside 1-65535");
  }
  return static_cast<std::uint16_t>(port);
}

}  // namespace

absl::StatusOr<ServerUrl> ParseServerUrl(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(boost::core::string_view(text.data(), text.size()));
  if (parsed.has_error()) return Invalid("is malformed; write it as ws://host:port/path");
  const boost::urls::url_view& url = *parsed;
  const absl::StatusOr<bool> is_secure = IsSecure(url);
  if (!is_secure.ok()) return is_secure.status();
  if (absl::Status authority = CheckAuthority(url); !authority.ok()) return authority;

  ServerUrl parts;
  parts.is_secure = *is_secure;
  parts.host = url.host_address();
  const std::uint16_t default_port = parts.is_secure ? 443 : 80;
  const absl::StatusOr<std::uint16_t> port = PortOf(url, default_port);
  if (!port.ok()) return port.status();
  parts.port = *port;
  parts.host_field = std::string(url.encoded_host());
  if (parts.port != default_port) absl::StrAppend(&parts.host_field, ":", parts.port);
  parts.target = std::string(url.encoded_target());
  if (parts.target.empty() || parts.target.front() != '/') parts.target.insert(0, 1, '/');
  return parts;
}

}  // namespace phx
