#include "loadgen/port_range.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {

std::optional<std::uint64_t> ParsePortRange(std::string_view text) {
  std::istringstream words{std::string(text)};
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (!(words >> first >> last) || last < first || last > 65535) return std::nullopt;
  return last - first + 1;
}

std::optional<std::uint64_t> LocalPorts() {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  const std::string text(std::istreambuf_iterator<char>(file), {});
  return ParsePortRange(text);
}

std::optional<std::string> WarnOfPorts(const Plan& plan, std::uint64_t ports) {
  const auto servers = std::max<std::uint64_t>({1, plan.urls.size(), plan.server_ports});
  const auto addresses = std::max<std::uint64_t>(1, plan.local_addresses.size());
  if (plan.own_connections() <= ports * servers * addresses) return std::nullopt;
  return absl::StrCat(
      CountText(plan.own_connections()), " connections to ", PluralText(servers, "port"), " from ",
      CountText(addresses), addresses == 1 ? " address" : " addresses",
      " need as many local ports, and this machine has ", CountText(ports),
      " for each pair (net.ipv4.ip_local_port_range). Expect connects to fail with "
      "\"cannot assign requested address\" beyond that; connect from more addresses "
      "(--local-address), to more ports (--url, --server-ports), or widen the range.");
}

}  // namespace phx::loadgen
