#include "client/transport/proxy_options.h"

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <utility>

namespace phx {
namespace {

// The first of the variables that is set and not empty.
std::string Environment(std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

ProxyOptions HttpProxy(std::string url) { return {.for_secure = url, .for_plain = std::move(url)}; }

ProxyOptions ProxyFromEnvironment() {
  return {.for_secure = Environment({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
          .for_plain = Environment({"http_proxy", "all_proxy", "ALL_PROXY"}),
          .except = Environment({"no_proxy", "NO_PROXY"})};
}

}  // namespace phx
