#include "loadgen/resident_memory.h"

#include <vector>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

TEST(ResidentMemoryTest, GrowsByWhatIsWrittenTo) {
  constexpr std::uint64_t kMebi = std::uint64_t{1} << 20U;
  const std::optional<std::uint64_t> before = ResidentMemory();
  if (!before.has_value()) GTEST_SKIP() << "this system does not tell";
  const std::vector<char> written(64 * kMebi, 'x');
  EXPECT_GE(*ResidentMemory(), *before + 60 * kMebi);
  EXPECT_EQ(written.back(), 'x');
}

}  // namespace
}  // namespace phx::loadgen
