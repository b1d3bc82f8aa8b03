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
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/smart_ptr/intrusive_ptr.hpp"
#include "boost/smart_ptr/intrusive_ref_counter.hpp"
#include "client/core/action.h"
#include "client/internal/completion.h"
#include "client/wire/reply.h"
#include "client/wire/text.h"

namespace phx::internal {

using PushOutcome = absl::StatusOr<wire::Reply>;

// Which outcomes a hook is for. For Phoenix's own statuses it needs no memory.
class StatusFilter {
 public:
  StatusFilter() : status_(wire::Text::Borrow({&kAny, 1})) {}  // for any
  explicit StatusFilter(std::string_view status);

  bool Admits(std::string_view status) const {
    return status_.view().data() == &kAny || status_ == status;
  }

 private:
  static constexpr char kAny = '*';  // known by its address

  wire::Text status_;
};

struct PushState : boost::intrusive_ref_counter<PushState, boost::thread_safe_counter> {
  struct Hook {
    using Handler = absl::AnyInvocable<void(const wire::Reply&)>;

    Hook(StatusFilter of_status, Handler&& of_user)
        : status(std::move(of_status)), handler(std::move(of_user)) {}

    StatusFilter status;
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

  // Any thread reads, the strand writes.
  std::atomic<bool> is_done{false};

  // The strand only.
  bool is_join = false;  // has an outcome for each time the channel joins
  bool is_cancelled = false;
  absl::Status over;  // why a join has no further outcome; OK: it may have

  // Any thread.
  const std::string event;
  const std::chrono::milliseconds timeout;
  std::atomic<std::uint64_t> ref{0};  // the strand writes

  // The strand only.
  std::optional<core::ChannelId> channel;  // where the core has it
  absl::InlinedVector<Hook, 1> hooks;
  absl::InlinedVector<Waiter, 1> waiters;
  std::unique_ptr<PushOutcome> outcome;  // kept if somebody holds a handle
};

using PushPtr = boost::intrusive_ptr<PushState>;

// What is left of a join that has an outcome and whose handle nobody holds: those who hear of the
// outcomes to come, one for each time the channel rejoins.
struct KeptJoin {
  // The name by which the core knows it from then on: odd, as no push's is.
  core::PushId id() const { return reinterpret_cast<core::PushId>(this) | 1U; }
  // nullptr if `id` names a push.
  static KeptJoin* Of(core::PushId id) {
    if ((id & 1U) == 0) return nullptr;
    return reinterpret_cast<KeptJoin*>(id & ~core::PushId{1});  // NOLINT(performance-no-int-to-ptr)
  }

  absl::InlinedVector<PushState::Hook, 1> hooks;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_PUSH_STATE_H_
