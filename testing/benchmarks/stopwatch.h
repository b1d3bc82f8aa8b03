// Stopwatch: the time that passes, and the CPU time that the calling thread uses meanwhile.
#ifndef PHX_TESTING_BENCHMARKS_STOPWATCH_H_
#define PHX_TESTING_BENCHMARKS_STOPWATCH_H_

#include <ctime>

namespace phx::benchmarks {

// What `clock` shows, in nanoseconds.
inline double ReadClock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

class Stopwatch {
 public:
  Stopwatch() : cpu_(ReadClock(CLOCK_THREAD_CPUTIME_ID)), wall_(ReadClock(CLOCK_MONOTONIC)) {}

  // Nanoseconds since the construction, on the same thread.
  double cpu_ns() const { return ReadClock(CLOCK_THREAD_CPUTIME_ID) - cpu_; }
  double wall_ns() const { return ReadClock(CLOCK_MONOTONIC) - wall_; }

 private:
  double cpu_;
  double wall_;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_STOPWATCH_H_
