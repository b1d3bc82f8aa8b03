#include "testing/allocation_counter.h"

#include <memory>
#include <vector>

#include "gtest/gtest.h"

namespace phx::test {
namespace {

TEST(AllocationCounterTest, CountsWhatNewAllocates) {
  const AllocationCounter counter;
  EXPECT_EQ(counter.allocations(), 0);
  auto one = std::make_unique<int>(7);
  EXPECT_EQ(counter.allocations(), 1);
  std::vector<char> many(100'000);
  EXPECT_EQ(counter.allocations(), 2);
  EXPECT_GE(counter.bytes(), 100'000);
  std::vector<char>().swap(many);
  one.reset();
  EXPECT_EQ(counter.bytes(), 0);
  EXPECT_EQ(counter.allocations(), 2);
}

}  // namespace
}  // namespace phx::test
