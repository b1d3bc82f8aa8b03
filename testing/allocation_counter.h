// AllocationCounter: what the program allocates, counted.
//
// A test that links this library has its global operator new, and aligned_alloc, which Asio calls,
// replaced by others that count.
//
//   const AllocationCounter counter;
//   …
//   EXPECT_EQ(counter.allocations(), 0);
//
// Threads: counts those of all threads together.
#ifndef PHX_TESTING_ALLOCATION_COUNTER_H_
#define PHX_TESTING_ALLOCATION_COUNTER_H_

#include <cstdint>

namespace phx::test {

class AllocationCounter {
 public:
  AllocationCounter();

  // Calls of the two since this object was made.
  std::int64_t allocations() const;
  // Bytes that `new` allocated since then and that are not freed, less those that were freed since
  // then.
  std::int64_t bytes() const;

 private:
  std::int64_t allocations_at_start_;
  std::int64_t bytes_at_start_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_ALLOCATION_COUNTER_H_
