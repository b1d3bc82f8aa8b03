#include "testing/allocation_counter.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

// What was allocated last: an allocation that nobody can see may be optimised away.
void* volatile seen;

TEST(AllocationCounterTest, CountsWhatNewAllocates) {
  const AllocationCounter counter;
  EXPECT_EQ(counter.allocations(), 0);
  auto one = std::make_unique<int>(7);
  seen = one.get();
  EXPECT_EQ(counter.allocations(), 1);
  std::vector<char> many(100'000);
  seen = many.data();
  EXPECT_EQ(counter.allocations(), 2);
  EXPECT_GE(counter.bytes(), 100'000);
  std::vector<char>().swap(many);
  one.reset();
  EXPECT_EQ(counter.bytes(), 0);
  EXPECT_EQ(counter.allocations(), 2);
}

TEST(AllocationCounterTest, CountsAlignedAllocations) {
  const AllocationCounter counter;
  void* const memory = std::aligned_alloc(64, 128);
  seen = memory;
  EXPECT_EQ(counter.allocations(), 1);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 64, 0);
  std::free(memory);  // NOLINT: what belongs to aligned_alloc
}

}  // namespace
}  // namespace phx::test
