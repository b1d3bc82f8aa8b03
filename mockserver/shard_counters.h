// ShardCounters: what the sessions of one I/O thread count.
#ifndef PHX_MOCKSERVER_SHARD_COUNTERS_H_
#define PHX_MOCKSERVER_SHARD_COUNTERS_H_

#include <atomic>
#include <cstdint>

namespace phx::mock {

// A number that one thread changes and any may read: so it needs no locked instruction, and costs
// nothing that can be measured.
class Counter {
 public:
  // `n` may be negative: it wraps.
  void Add(std::int64_t n) {
    value_.store(value() + static_cast<std::uint64_t>(n), std::memory_order_relaxed);
  }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

struct ShardCounters {
  Counter channels;         // that are joined now
  Counter frames_received;  // since the start
  Counter frames_sent;      // the same
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SHARD_COUNTERS_H_
