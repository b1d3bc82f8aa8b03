// WaiterList: the asynchronous operations that wait for one thing to happen to a socket.
#ifndef PHX_CLIENT_INTERNAL_WAITER_LIST_H_
#define PHX_CLIENT_INTERNAL_WAITER_LIST_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "client/internal/completion.h"

namespace phx::internal {

template <typename Outcome>
class WaiterList {
 public:
  void Add(std::uint64_t id, Completion<Outcome> completion) {
    waiters_.push_back({id, std::move(completion)});
  }

  // Completes all of them. One that waits again while they complete waits for the next time.
  void CompleteAll(CompleteFrom from, const Outcome& outcome) {
    for (Waiter& waiter : std::exchange(waiters_, {})) waiter.completion(from, outcome);
  }

  // Completes one of them, if it still waits.
  void Complete(CompleteFrom from, std::uint64_t id, const Outcome& outcome) {
    for (auto waiter = waiters_.begin(); waiter != waiters_.end(); ++waiter) {
      if (waiter->id != id) continue;
      Completion<Outcome> completion = std::move(waiter->completion);
      waiters_.erase(waiter);
      completion(from, outcome);
      return;
    }
  }

 private:
  struct Waiter {
    std::uint64_t id;
    Completion<Outcome> completion;
  };

  std::vector<Waiter> waiters_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_WAITER_LIST_H_
