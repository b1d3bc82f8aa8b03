#include "loadgen/resident_memory.h"

#include <unistd.h>

#include <fstream>

namespace phx::loadgen {

std::optional<std::uint64_t> ResidentMemory() {
  // Linux: proc(5). Two numbers of pages: the size, and what of it is resident.
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  const std::int64_t page_size = sysconf(_SC_PAGESIZE);
  if (!(file >> size >> resident) || page_size <= 0) return std::nullopt;
  return resident * static_cast<std::uint64_t>(page_size);
}

}  // namespace phx::loadgen
