// PushState: what a Push handle, the socket and the protocol core share of one push.
#ifndef PHX_CLIENT_INTERNAL_PUSH_STATE_H_
#define PHX_CLIENT_INTERNAL_PUSH_STATE_H_

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "boost/smart_ptr/intrusive_ptr.hpp"
#include "boost/smart_ptr/intrusive_ref_counter.hpp"
#include "client/core/action.h"
#include "client/internal/completion.h"
#include "client/wire/reply.h"

namespace phx::internal {

using PushOutcome = absl::StatusOr<wire::Reply>;

struct PushState : boost::intrusive_ref_counter<PushState, boost::thread_safe_counter> {
  struct Hook {
    using Handler = absl::AnyInvocable<void(const wire::Reply&)>;

    Hook(std::optional<std::string_view> of_status, Handler&& of_user)
        : status(of_status), handler(std::move(of_user)) {}

    std::optional<std::string> status;  // nullopt: whatever it is
    Handler handler;
  };
  struct Waiter {
    std::uint64_t id;
    Completion<PushOutcome> completion;
  };

  PushState(std::string_view push_event, std::chrono::milliseconds push_timeout)
      : event(push_event), timeout(push_timeout) {}

  // Pushes come and go with every message: each thread keeps the memory of some for the next ones.
  static void* operator new(std::size_t size);
  static void operator delete(void* memory);

  // The name by which the core knows this push.
  core::PushId id() const { return reinterpret_cast<core::PushId>(this); }
  static PushState& Of(core::PushId id) {
    return *reinterpret_cast<PushState*>(id);  // NOLINT(performance-no-int-to-ptr)
  }

  const std::string event;
  const std::chrono::milliseconds timeout;

  // Any thread reads, the strand writes.
  std::atomic<bool> is_done{false};
  std::atomic<std::uint64_t> ref{0};

  // The strand only.
  bool is_join = false;  // has an outcome for each time the channel joins
  bool is_cancelled = false;
  std::optional<core::ChannelId> channel;  // where the core has it
  absl::InlinedVector<Hook, 1> hooks;
  absl::InlinedVector<Waiter, 1> waiters;
  std::unique_ptr<PushOutcome> outcome;  // kept if somebody holds a handle
};

using PushPtr = boost::intrusive_ptr<PushState>;

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_PUSH_STATE_H_
