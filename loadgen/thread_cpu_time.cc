#include "loadgen/thread_cpu_time.h"

#include <ctime>

namespace phx::loadgen {

Duration ThreadCpuTime() {
  timespec time = {};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) return Duration::zero();
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace phx::loadgen
