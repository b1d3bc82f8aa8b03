// Whatever somebody configures as the endpoint, parsing it neither crashes nor accepts what gives a
// URL that cannot be dialled, and what may be logged holds nothing of the query.
#include "client/wire/endpoint_url.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "nlohmann/json.hpp"

namespace phx::wire {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void CheckEndpoint(std::string_view input) {
  const std::string redacted = RedactUrl(input);
  Require(redacted.find_first_of("?#") == std::string::npos, "no query in a redacted URL");
  const auto endpoint = EndpointUrl::Parse(input);
  if (!endpoint.ok()) return;
  Require(endpoint->Redacted().find_first_of("?# \n") == std::string::npos,
          "nothing but scheme, authority and path in a redacted endpoint");
  const auto url = endpoint->WebSocketUrl({{"a", input.size()}}, "2.0.0");
  Require(url.ok(), "an endpoint gives a URL");
  Require(url->ends_with("&vsn=2.0.0"), "the version is last");
  Require(url->starts_with(endpoint->Redacted()), "scheme, authority and path are kept");
  const auto again = EndpointUrl::Parse(*url);
  Require(again.ok(), "the URL is one");
  Require(RedactUrl(*url) == again->Redacted(), "both ways to redact agree");
  Require(again->is_secure() == endpoint->is_secure(), "security is kept");
}

}  // namespace
}  // namespace phx::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  phx::wire::CheckEndpoint({reinterpret_cast<const char*>(data), size});
  return 0;
}
