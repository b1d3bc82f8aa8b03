// Makes a plan of what somebody asked for.
#ifndef PHX_LOADGEN_MAKE_PLAN_H_
#define PHX_LOADGEN_MAKE_PLAN_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "loadgen/plan.h"
#include "loadgen/settings.h"
#include "loadgen/workload.h"

namespace phx::loadgen {

// MakePlan()
//
// Checks `settings`, fills in what they leave open, and prepares texts that every push uses.
// `cores` is how many threads the machine runs at once; 0 (unknown) counts as 1.
//
// kInvalidArgument has one line for each mistake, which names the flag, or the place in the
// scenario, what is wrong with its value and what to write instead.
absl::StatusOr<Plan> MakePlan(const Settings& settings, std::uint64_t cores);

// A condition that fails a run which says nothing else about its figure.
struct DefaultCondition {
  std::string_view text;
  std::optional<Workload> workload = std::nullopt;  // only with this one
  bool reconnect = false;                           // only with --reconnect
};
inline constexpr std::array<DefaultCondition, 8> kDefaultFailIf = {{
    {"errors > 0"},
    {"achieved < 95%"},
    // Each broadcast is to come to everybody, once, in its sender's order.
    {"missing > 0", Workload::kBroadcast},
    {"duplicates > 0", Workload::kBroadcast},
    {"reordered > 0", Workload::kBroadcast},
    // Who has left hears nothing more.
    {"after_leave > 0", Workload::kChurn},
    {"after_leave > 0", Workload::kPresence},
    // Everybody is back when the run ends.
    {"unrecovered > 0", std::nullopt, /*reconnect=*/true},
}};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_MAKE_PLAN_H_
