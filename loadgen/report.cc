#include "loadgen/report.h"

namespace phx::loadgen {

std::uint64_t Report::error_count() const {
  std::uint64_t count = 0;
  for (const Error& error : errors) count += error.count;
  return count;
}

}  // namespace phx::loadgen
