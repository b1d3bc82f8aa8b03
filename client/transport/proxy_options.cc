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
    // Whoever asks for the environment must not change it meanwhile.
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

ProxyOptions HttpProxy(std::string url) {
  ProxyOptions options{.for_secure = url};
  options.for_plain = std::move(url);
  return options;
}

ProxyOptions ProxyFromEnvironment() {
  return {.for_secure = Environment({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
          .for_plain = Environment({"http_proxy", "all_proxy", "ALL_PROXY"}),
          .except = Environment({"no_proxy", "NO_PROXY"})};
}

}  // namespace phx
