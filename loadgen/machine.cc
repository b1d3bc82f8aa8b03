#include "loadgen/machine.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"

namespace phx::loadgen {
namespace {

// Linux tells the model of each core, in lines such as "model name : AMD EPYC".
std::string CpuModel() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

std::uint64_t MemoryBytes() {
  const std::int64_t pages = sysconf(_SC_PHYS_PAGES);
  const std::int64_t page_size = sysconf(_SC_PAGESIZE);
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, pages)) *
         static_cast<std::uint64_t>(std::max<std::int64_t>(0, page_size));
}

}  // namespace

Machine DescribeMachine() {
  Machine machine{.cpu = CpuModel(),
                  .cores = std::thread::hardware_concurrency(),
                  .memory_bytes = MemoryBytes()};
  utsname names = {};
  if (uname(&names) == 0) {
    machine.host = &names.nodename[0];
    machine.system =
        absl::StrCat(&names.sysname[0], " ", &names.release[0], " ", &names.machine[0]);
  }
  return machine;
}

}  // namespace phx::loadgen
