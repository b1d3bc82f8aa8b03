#include "client/wire/masking_key_source.h"

#include <pthread.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <openssl/rand.h>

namespace phx::wire {
namespace {

// Counts the forks: a child must not use up the keys that its parent has drawn.
std::atomic<std::uint32_t> fork_count{0};

void CountFork() { fork_count.fetch_add(1, std::memory_order_relaxed); }

// 256 keys for each call of the generator: a call costs over 500 ns, whatever it is asked for.
struct KeyBlock {
  std::array<std::uint8_t, 1024> bytes{};
  std::size_t used = sizeof(bytes);
  std::uint32_t fork_count = 0;
};

constinit thread_local KeyBlock block;

void Refill() {
  static const int kWatchingForks = pthread_atfork(nullptr, nullptr, &CountFork);
  const int size = static_cast<int>(block.bytes.size());
  if (kWatchingForks != 0 || RAND_bytes(block.bytes.data(), size) != 1) {
    std::fputs("phx: OpenSSL has no random bytes for the masking of WebSocket frames\n", stderr);
    std::abort();
  }
  block.used = 0;
  block.fork_count = fork_count.load(std::memory_order_relaxed);
}

}  // namespace

MaskingKey NextMaskingKey() {
  if (block.used == block.bytes.size() ||
      block.fork_count != fork_count.load(std::memory_order_relaxed)) {
    Refill();
  }
  MaskingKey key{};
  std::memcpy(key.data(), block.bytes.data() + block.used, key.size());
  block.used += key.size();
  return key;
}

}  // namespace phx::wire
