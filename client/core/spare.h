// Spare: the memory of buffers that nobody needs just now. Each thread keeps some of each kind.
//
//   if (memory_ == nullptr) Spare<std::unique_ptr<Memory>>::Take(memory_);   // busy: take some
//   if (memory_ == nullptr) memory_ = std::make_unique<Memory>();            // there was none
//   Spare<std::unique_ptr<Memory>>::Give(memory_);                           // idle: give it back
//
// So a socket with nothing to do holds none, and one that is busy does not allocate: what the one
// gives the next one takes. Sockets may move from thread to thread.
#ifndef PHX_CLIENT_CORE_SPARE_H_
#define PHX_CLIENT_CORE_SPARE_H_

#include <cstddef>
#include <utility>
#include <vector>

namespace phx::core {

// `Buffers` holds no memory when it is made by default.
template <typename Buffers>
class Spare {
 public:
  // How many a thread keeps: those of sockets that are busy at the same time.
  static constexpr std::size_t kMost = 16;

  // Puts what was given last, if anything is left, into `buffers`, which are without memory.
  static void Take(Buffers& buffers) {
    if (is_gone || kept.all.empty()) return;
    buffers = std::move(kept.all.back());
    kept.all.pop_back();
  }

  // Leaves `buffers`, which are empty, without memory: the thread keeps it, or frees it.
  static void Give(Buffers& buffers) {
    Buffers given = std::exchange(buffers, Buffers());
    if (!is_gone && kept.all.size() < kMost) kept.all.push_back(std::move(given));
  }

 private:
  struct Kept {
    ~Kept() { is_gone = true; }
    std::vector<Buffers> all;
  };

  // Whether this thread's are destroyed already. Sockets may outlive them: objects with static
  // storage duration do on the main thread.
  static inline constinit thread_local bool is_gone = false;
  static inline thread_local Kept kept;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_SPARE_H_
