// RunGate: lets the turns of a strand run until it is closed, and lets whoever closes it wait for
// the turn that is running.
//
// A destructor on another thread needs both: that no turn begins any more, and that none is running
// when it returns. It must not wait where nothing runs: the strand's context may have stopped long
// ago.
#ifndef PHX_CLIENT_INTERNAL_RUN_GATE_H_
#define PHX_CLIENT_INTERNAL_RUN_GATE_H_

#include <atomic>
#include <cstdint>

namespace phx::internal {

class RunGate {
 public:
  // A turn wants to begin. False: closed. Turns are serialised by their strand.
  bool Enter() {
    std::uint32_t open = 0;
    return state_.compare_exchange_strong(open, kRunning, std::memory_order_acquire,
                                          std::memory_order_relaxed);
  }

  // The turn that Enter() admitted is over.
  void Exit() {
    const std::uint32_t before = state_.fetch_and(~kRunning, std::memory_order_release);
    if ((before & kClosed) != 0) state_.notify_all();
  }

  // Admits no turn from now on. False if it was closed before.
  bool Close() { return (state_.fetch_or(kClosed, std::memory_order_acq_rel) & kClosed) == 0; }

  // Returns when no turn is running. Not to be called inside one.
  void AwaitIdle() const {
    std::uint32_t state = state_.load(std::memory_order_acquire);
    while ((state & kRunning) != 0) {
      state_.wait(state, std::memory_order_acquire);
      state = state_.load(std::memory_order_acquire);
    }
  }

  bool is_closed() const { return (state_.load(std::memory_order_acquire) & kClosed) != 0; }

 private:
  static constexpr std::uint32_t kRunning = 1;
  static constexpr std::uint32_t kClosed = 2;

  std::atomic<std::uint32_t> state_{0};
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_RUN_GATE_H_
