// StreamState: the messages that a MessageStream has heard and nobody has received yet, and those
// who wait for one.
//
// Threads: the strand only, except dropped().
#ifndef PHX_CLIENT_INTERNAL_STREAM_STATE_H_
#define PHX_CLIENT_INTERNAL_STREAM_STATE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/internal/completion.h"
#include "client/wire/message.h"

namespace phx::internal {

using MessageOutcome = absl::StatusOr<wire::Message>;

class StreamState {
 public:
  // Keeps up to `capacity` messages.
  explicit StreamState(std::size_t capacity) : capacity_(capacity) {}

  // A message has arrived: whoever waits gets it, or else it is kept, in place of the oldest one if
  // there is no room. False if a message was dropped for that.
  bool Add(CompleteFrom from, const wire::Message& message);

  // Somebody waits for a message. Serve() completes those that need not wait.
  void AddWaiter(std::uint64_t id, Completion<MessageOutcome> completion);
  void Serve(CompleteFrom from);

  // Whoever waits under `id` gets kCancelled.
  void CancelWaiter(CompleteFrom from, std::uint64_t id);

  // Nothing will arrive any more. What was kept can still be received; then comes `why`.
  void End(CompleteFrom from, absl::Status why);

  // How many messages there was no room for.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Waiter {
    std::uint64_t id;
    Completion<MessageOutcome> completion;
  };

  const std::size_t capacity_;
  std::atomic<std::uint64_t> dropped_{0};
  std::deque<wire::Message> messages_;  // oldest first
  std::deque<Waiter> waiters_;          // oldest first
  absl::Status end_;                    // why it has ended; OK: it has not
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_STREAM_STATE_H_
