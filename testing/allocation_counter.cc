#include "testing/allocation_counter.h"

#include <malloc.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

namespace phx::test {
namespace {

std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> bytes_in_use{0};

void* Allocate(std::size_t size) {
  void* memory = std::malloc(size != 0 ? size : 1);  // NOLINT: this is what operator new stands on
  if (memory == nullptr) throw std::bad_alloc();
  allocations.fetch_add(1, std::memory_order_relaxed);
  bytes_in_use.fetch_add(static_cast<std::int64_t>(malloc_usable_size(memory)),
                         std::memory_order_relaxed);
  return memory;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  bytes_in_use.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(memory)),
                         std::memory_order_relaxed);
  std::free(memory);  // NOLINT: as above
}

}  // namespace

AllocationCounter::AllocationCounter()
    : allocations_at_start_(test::allocations.load()), bytes_at_start_(bytes_in_use.load()) {}

std::int64_t AllocationCounter::allocations() const {
  return test::allocations.load() - allocations_at_start_;
}

std::int64_t AllocationCounter::bytes() const { return bytes_in_use.load() - bytes_at_start_; }

}  // namespace phx::test

// Those for arrays, and those that do not throw, come to these by default.
void* operator new(std::size_t size) { return phx::test::Allocate(size); }
void operator delete(void* memory) noexcept { phx::test::Free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { phx::test::Free(memory); }

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  phx::test::allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = nullptr;
  return posix_memalign(&memory, alignment, size) == 0 ? memory : nullptr;
}
