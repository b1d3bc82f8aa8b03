#include "mockserver/admin_requests.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "mockserver/channel.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/path_segments.h"
#include "mockserver/user_socket.h"

namespace phx::mock {
namespace {

// So that the answer is out before the connections close.
constexpr std::chrono::milliseconds kStopDelay{100};

HttpAnswer Ok() { return {.body = "ok"}; }

// The application does without the parameter as a function without a clause for nil does.
std::string Param(const ConnectInfo& info, const std::string& name) {
  const auto param = info.params.find(name);
  if (param == info.params.end() || !param->is_string()) {
    throw std::invalid_argument("no parameter " + name);
  }
  return param->get<std::string>();
}

HttpAnswer Broadcast(AdminTarget& target, const Flavor& /*flavor*/, const ConnectInfo& info) {
  target.Broadcast(Param(info, "topic"), Param(info, "event"), {{"from", "admin"}});
  return Ok();
}

HttpAnswer Disconnect(AdminTarget& target, const Flavor& /*flavor*/, const ConnectInfo& info) {
  target.Broadcast(Param(info, "id"), "disconnect", Json::object());
  return Ok();
}

HttpAnswer StopEndpoint(AdminTarget& target, const Flavor& /*flavor*/,
                        const ConnectInfo& /*info*/) {
  target.StopEndpoint(kStopDelay);
  return Ok();
}

// testing/goldens/README.md has where they are from.
HttpAnswer Versions(AdminTarget& /*target*/, const Flavor& flavor, const ConnectInfo& /*info*/) {
  Json versions = {{"phoenix", "1.8.12"},        {"plug", "1.19.2"},
                   {"plug_crypto", "2.1.1"},     {"bandit", "1.12.5"},
                   {"thousand_island", "1.5.0"}, {"plug_cowboy", "2.7.5"},
                   {"cowboy", "2.17.0"},         {"cowlib", "2.18.0"},
                   {"ranch", "1.8.1"},           {"websock", "0.5.3"},
                   {"websock_adapter", "0.6.0"}, {"phoenix_pubsub", "2.2.0"},
                   {"jason", "1.4.5"},           {"hpax", "1.0.4"},
                   {"elixir", "1.18.4"},         {"otp", "25"}};
  if (flavor.is_17()) {
    versions.update({{"phoenix", "1.7.24"},
                     {"plug", "1.18.2"},
                     {"bandit", "1.11.1"},
                     {"thousand_island", "1.4.3"},
                     {"cowboy", "2.12.0"},
                     {"cowlib", "2.13.0"},
                     {"websock_adapter", "0.5.9"},
                     {"hpax", "1.0.3"},
                     {"elixir", "1.14.0"}});
  }
  return {.body = versions.dump()};
}

// "VmRSS:	    6412 kB"; empty where the system does not say.
std::string ResidentLine() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS")) return line;
  }
  return {};
}

HttpAnswer Memory(AdminTarget& target, const Flavor& /*flavor*/, const ConnectInfo& /*info*/) {
  const std::string line = ResidentLine();
  const std::size_t digits = line.find_first_of("0123456789");
  const unsigned long long resident =
      digits == std::string::npos ? 0 : std::strtoull(line.c_str() + digits, nullptr, 10) * 1024;
  const Json memory = {{"total", resident}, {"processes", resident},
                       {"binary", 0},       {"ets", 0},
                       {"rss", line},       {"nprocs", target.process_count()}};
  return {.body = memory.dump()};
}

HttpAnswer CollectGarbage(AdminTarget& /*target*/, const Flavor& /*flavor*/,
                          const ConnectInfo& /*info*/) {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
  return Ok();
}

struct Route {
  std::string_view name;
  HttpAnswer (*answer)(AdminTarget& target, const Flavor& flavor, const ConnectInfo& info);
};

constexpr Route kRoutes[] = {
    {"mem", Memory},
    {"gc", CollectGarbage},
    {"disconnect", Disconnect},
    {"stop_endpoint", StopEndpoint},
    {"broadcast", Broadcast},
    {"versions", Versions},
};

}  // namespace

std::optional<HttpAnswer> AnswerAdminRequest(AdminTarget& target, const Flavor& flavor,
                                             const HttpRequest& request, const ConnectInfo& info) {
  const std::vector<std::string> path = PathSegments(info.path);
  if (request.method != "GET" || path.size() != 2 || path[0] != "admin") return std::nullopt;
  for (const Route& route : kRoutes) {
    if (route.name == path[1]) return route.answer(target, flavor, info);
  }
  return std::nullopt;
}

}  // namespace phx::mock
