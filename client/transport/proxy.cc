#include "client/transport/proxy.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/network_v4.hpp"
#include "boost/asio/ip/network_v6.hpp"
#include "boost/system/error_code.hpp"
#include "boost/url/parse.hpp"
#include "boost/url/url_view.hpp"
#include "client/net/stream.h"
#include "client/transport/http_exchange.h"
#include "client/transport/http_request.h"
#include "client/transport/http_response_parser.h"
#include "client/transport/proxy_options.h"
#include "client/transport/server_url.h"
#include "client/wire/connection_info.h"
#include "client/wire/endpoint_url.h"

namespace phx {
namespace {

using boost::system::error_code;
namespace ip = boost::asio::ip;

// --- the exceptions

std::optional<ip::address> AddressOf(const std::string& host) {
  error_code error;
  const ip::address address = ip::make_address(host, error);
  return error ? std::nullopt : std::optional(address);
}

// "10.0.0.0/8": whether `address` lies in it.
bool IsInNetwork(const std::string& network, const ip::address& address) {
  error_code error;
  if (address.is_v4()) {
    const ip::network_v4 v4 = ip::make_network_v4(network, error);
    return !error &&
           ip::network_v4(address.to_v4(), v4.prefix_length()).canonical() == v4.canonical();
  }
  const ip::network_v6 v6 = ip::make_network_v6(network, error);
  return !error &&
         ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

// "host", "host:port", "[::1]:port": takes the port off. False if it is another one than `port`.
bool TakePort(std::string& entry, std::uint16_t port) {
  const std::size_t colon = entry.rfind(':');
  const bool is_bracketed = entry.starts_with('[');
  const bool has_port = colon != std::string::npos &&
                        (is_bracketed ? colon > entry.find(']') : entry.find(':') == colon);
  std::uint32_t number = 0;
  if (has_port) {
    if (!absl::SimpleAtoi(entry.substr(colon + 1), &number) || number != port) return false;
    entry.resize(colon);
  }
  if (is_bracketed && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  return true;
}

bool Matches(std::string entry, const ServerUrl& url) {
  if (entry.empty()) return false;
  if (entry == "*") return true;
  if (!TakePort(entry, url.port)) return false;
  if (const std::optional<ip::address> address = AddressOf(url.host)) {
    const std::optional<ip::address> same = AddressOf(entry);
    return same ? *same == *address : IsInNetwork(entry, *address);
  }
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (absl::EqualsIgnoreCase(url.host, entry)) return true;
  if (!entry.starts_with('.')) entry.insert(0, 1, '.');
  return absl::EndsWithIgnoreCase(url.host, entry) ||
         absl::EqualsIgnoreCase(url.host, entry.substr(1));
}

bool IsExcepted(const std::string& list, const ServerUrl& url) {
  const std::vector<std::string> entries = absl::StrSplit(list, ',');
  return std::any_of(entries.begin(), entries.end(), [&url](const std::string& entry) {
    return Matches(std::string(absl::StripAsciiWhitespace(entry)), url);
  });
}

// --- the proxy's URL

absl::Status Invalid(std::string_view text, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(
      "proxy \"", wire::RedactUrl(text), "\" ", absl::string_view(problem.data(), problem.size())));
}

std::string BasicAuthorization(const boost::urls::url_view& url) {
  if (!url.has_userinfo()) return "";
  return absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(url.user(), ":", url.password())));
}

absl::StatusOr<Proxy> ParseProxy(std::string text) {
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  const auto parsed = boost::urls::parse_uri(text);
  if (parsed.has_error()) return Invalid(text, "is malformed; write it as http://host:port");
  const boost::urls::url_view& url = *parsed;
  if (url.scheme_id() != boost::urls::scheme::http) {
    return Invalid(text, "is of a kind that is not supported; http:// is");
  }
  if (url.encoded_host().empty()) return Invalid(text, "has no host");
  Proxy proxy{.host = url.host_address(),
              .port = 80,
              .authorization = BasicAuthorization(url),
              .name = wire::RedactUrl(text)};
  std::uint32_t port = 80;
  const bool is_number = !url.has_port() || absl::SimpleAtoi(std::string(url.port()), &port);
  const bool has_rest = !url.encoded_path().empty() && url.encoded_path().front() != '/';
  if (!is_number || has_rest || port == 0 || port > 0xFFFF) {
    return Invalid(text, "has a port outside 1-65535");
  }
  proxy.port = static_cast<std::uint16_t>(port);
  return proxy;
}

// --- the tunnel

absl::Status Refusal(const HttpResponse& response) {
  const absl::Status status = HttpStatusError(response);
  return response.status == 407 ? absl::UnauthenticatedError(status.message()) : status;
}

}  // namespace

absl::StatusOr<std::optional<Proxy>> ProxyFor(const ProxyOptions& options, const ServerUrl& url) {
  const std::string& text = url.is_secure ? options.for_secure : options.for_plain;
  if (text.empty() || IsExcepted(options.except, url)) return std::nullopt;
  absl::StatusOr<Proxy> proxy = ParseProxy(text);
  if (!proxy.ok()) return proxy.status();
  return *std::move(proxy);
}

boost::asio::awaitable<absl::Status> OpenTunnel(net::Stream& stream, const Proxy& proxy,
                                                const ServerUrl& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  const std::string target =
      absl::StrCat(is_v6 ? "[" : "", url.host, is_v6 ? "]" : "", ":", url.port);
  HttpHeaders headers;
  if (!proxy.authorization.empty()) {
    headers.emplace_back("Proxy-Authorization", proxy.authorization);
  }
  const std::string request =
      HttpRequestText({.method = "CONNECT", .target = target, .host = target}, headers, {});
  HttpResponseParser parser({});
  parser.ExpectNoBody();
  absl::Status status = co_await Exchange(stream, request, parser);
  if (status.ok()) {
    const HttpResponse response = parser.TakeResponse();
    const bool is_open = response.status >= 200 && response.status <= 299;
    if (!is_open) status = Refusal(response);
    // The server does not speak first.
    if (is_open && !parser.TakeLeftover().empty()) {
      status = absl::UnavailableError("more than an answer to CONNECT came");
    }
  }
  if (status.ok()) co_return status;
  co_return absl::Status(status.code(), absl::StrCat("proxy ", proxy.name, ": ", status.message()));
}

}  // namespace phx
