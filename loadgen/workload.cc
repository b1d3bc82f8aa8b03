#include "loadgen/workload.h"

#include <array>
#include <cstddef>

namespace phx::loadgen {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 7> kNames = {"reply",    "cast", "broadcast", "churn",
                                                    "presence", "idle", "script"};

}  // namespace

std::optional<Workload> ParseWorkload(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Workload>(i);
  }
  return std::nullopt;
}

std::string_view ToString(Workload workload) { return kNames[static_cast<std::size_t>(workload)]; }

}  // namespace phx::loadgen
