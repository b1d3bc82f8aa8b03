// Ephemeral ports: each connection from one address to one address and port needs a local port, and
// a machine has only so many.
#ifndef PHX_LOADGEN_PORT_RANGE_H_
#define PHX_LOADGEN_PORT_RANGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "loadgen/plan.h"

namespace phx::loadgen {

// How many ports the text of /proc/sys/net/ipv4/ip_local_port_range allows: "32768 60999" are
// 28232. nullopt if it is something else.
std::optional<std::uint64_t> ParsePortRange(std::string_view text);

// How many this machine allows; nullopt if it does not say.
std::optional<std::uint64_t> LocalPorts();

// A warning if `plan` opens more connections than `ports` allow, for each local address and each
// server; nullopt if all is well. Not an error: a host name with several addresses has as many
// ports for each.
std::optional<std::string> WarnOfPorts(const Plan& plan, std::uint64_t ports);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PORT_RANGE_H_
