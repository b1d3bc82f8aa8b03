#include "loadgen/port_range.h"

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
  if (plan.connections <= ports) return std::nullopt;
  return absl::StrCat(CountText(plan.connections),
                      " connections to one address need as many local ports, and this "
                      "machine has ",
                      CountText(ports),
                      " (net.ipv4.ip_local_port_range). Expect connects to fail "
                      "with \"cannot assign requested address\" beyond that; widen the range or "
                      "use more machines.");
}

}  // namespace phx::loadgen
