// What must hold of a SocketCore whatever happens, in many random worlds (testing/core_world.h).
#include <cstdint>
#include <random>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "testing/core_world.h"

namespace phx::core {
namespace {

constexpr int kSteps = 1000;

void Live(test::CoreWorld& world) {
  for (int i = 0; i < kSteps; ++i) world.Step();
  world.End();
}

test::CoreWorld::Random From(std::uint64_t seed) {
  return [engine = std::minstd_rand(static_cast<std::minstd_rand::result_type>(seed))]() mutable {
    return static_cast<std::uint32_t>(engine());
  };
}

TEST(SocketCorePropertyTest, HoldsItsInvariantsWhateverHappens) {
  constexpr std::uint64_t kWorlds = 40;
  for (std::uint64_t seed = 1; seed <= kWorlds; ++seed) {
    test::CoreWorld world(From(seed), seed, /*is_quiet=*/true);
    Live(world);
    if (world.violations().empty()) continue;
    test::CoreWorld again(From(seed), seed, /*is_quiet=*/false);
    Live(again);
    FAIL() << "seed " << seed << ":\n"
           << absl::StrJoin(again.violations(), "\n") << "\n\n"
           << again.Transcript();
  }
}

}  // namespace
}  // namespace phx::core
