// File descriptors: each connection needs one, and a process may open only so many (RLIMIT_NOFILE).
#ifndef PHX_LOADGEN_DESCRIPTOR_LIMIT_H_
#define PHX_LOADGEN_DESCRIPTOR_LIMIT_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/plan.h"

namespace phx::loadgen {

// How many descriptors `plan` needs in this process: its connections, both ends of them if the
// server is embedded, and some for event loops, timers and files.
std::uint64_t DescriptorsNeeded(const Plan& plan);

// OK if `limit` allows `plan`. kResourceExhausted says how many there are, how many are needed, and
// what can be done.
absl::Status CheckDescriptors(const Plan& plan, std::uint64_t limit);

// Raises this process's limit as far as it may go and returns what it is now.
absl::StatusOr<std::uint64_t> RaiseDescriptorLimit();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_DESCRIPTOR_LIMIT_H_
