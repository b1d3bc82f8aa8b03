#include "testing/benchmarks/memory_use.h"

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>

#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

MemoryUse MemoryUse::Now() {
  const struct mallinfo2 heap = mallinfo2();
  std::ifstream file("/proc/self/statm");
  std::size_t all_pages = 0;
  std::size_t resident_pages = 0;
  if (!(file >> all_pages >> resident_pages)) GiveUp("/proc/self/statm");
  return {
      .heap = static_cast<double>(heap.uordblks + heap.hblkhd),
      .resident = static_cast<double>(resident_pages) * static_cast<double>(sysconf(_SC_PAGESIZE))};
}

}  // namespace phx::benchmarks
