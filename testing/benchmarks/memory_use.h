// MemoryUse: what this process holds in memory now, in bytes.
//
//   const MemoryUse before = MemoryUse::Now();
//   …
//   const MemoryUse more = MemoryUse::Now() - before;
#ifndef PHX_TESTING_BENCHMARKS_MEMORY_USE_H_
#define PHX_TESTING_BENCHMARKS_MEMORY_USE_H_

namespace phx::benchmarks {

struct MemoryUse {
  double heap = 0;      // what malloc has handed out, with its own headers
  double resident = 0;  // pages of the process that are in memory

  static MemoryUse Now();

  friend MemoryUse operator-(const MemoryUse& a, const MemoryUse& b) {
    return {.heap = a.heap - b.heap, .resident = a.resident - b.resident};
  }
  friend MemoryUse operator/(const MemoryUse& a, double count) {
    return {.heap = a.heap / count, .resident = a.resident / count};
  }
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_MEMORY_USE_H_
