// Push: a message that was handed to a channel, and what becomes of it.
//
//   channel.Push("new_msg", {{"body", "hi"}})
//       .Receive("ok", [](const phx::Reply& reply) { Show(reply.response.json()); })
//       .Receive("error", [](const phx::Reply& reply) { Complain(reply.response.text()); })
//       .Receive("timeout", [](const phx::Reply&) { Complain("no answer"); });
//
//   absl::StatusOr<phx::Reply> reply = co_await push.AsyncWait(asio::use_awaitable);
//
// A push has exactly one outcome; a join has one for each time the channel joins by itself.
// The server's answer, whatever its status, is a Reply. What goes wrong on the way is a Status for
// AsyncWait, and reaches Receive as status "timeout" (kDeadlineExceeded), with the response {}, or
// "error", with the response {"reason": "<the status's message>"}.
//
// A handle: copies name the same push. Threads: any thread, and inside any handler.
#ifndef PHX_CLIENT_PUSH_H_
#define PHX_CLIENT_PUSH_H_

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "client/internal/async_operations.h"
#include "client/internal/push_state.h"
#include "client/wire/ref.h"
#include "client/wire/reply.h"

namespace phx {

using wire::Payload;
using wire::Reply;

class Push {
 public:
  // Push::Receive()
  //
  // Runs `handler` when the outcome has the given status. If it is there already, `handler` runs
  // now, that is, on the strand after this call. Several may be registered, for any status. The
  // reply is valid while the handler runs; a copy of it for ever.
  const Push& Receive(std::string_view status,
                      absl::AnyInvocable<void(const Reply&)> handler) const;

  // The same for the outcome whatever its status.
  const Push& Receive(absl::AnyInvocable<void(const Reply&)> handler) const;

  // Push::AsyncWait()
  //
  // Completes with the outcome, at once if it is there already. Of a join: with the next one, or
  // kCancelled where there will be none: the channel was closed, removed, joined anew, or
  // should_rejoin said stop.
  //
  // Completion: void(absl::StatusOr<Reply>), on the handler's executor, or else on the socket's
  // strand; never inside this call. A plain function gets a reply that is valid while it runs; take
  // the argument by value to keep it. What it throws leaves the event loop's run(), as in Asio.
  // Cancellation: all types; completes with kCancelled and leaves the push itself as it is.
  template <typename CompletionToken>
  auto AsyncWait(CompletionToken&& token) const {
    return internal::AsyncWaitForPush(socket_, state_, std::forward<CompletionToken>(token));
  }

  // Push::Cancel()
  //
  // The outcome becomes kCancelled, unless there is one. A push that waits for the join is not
  // sent.
  void Cancel() const;

  const std::string& event() const { return state_->event; }
  std::chrono::milliseconds timeout() const { return state_->timeout; }

  // The ref on the wire; none before the push is written.
  Ref ref() const { return Ref{state_->ref.load(std::memory_order_acquire)}; }
  bool is_sent() const { return !ref().empty(); }

  // Whether the outcome is there.
  bool is_done() const { return state_->is_done.load(std::memory_order_acquire); }

 private:
  friend class Channel;
  Push(std::shared_ptr<internal::SocketImpl> socket, internal::PushPtr state)
      : socket_(std::move(socket)), state_(std::move(state)) {}

  void AddHook(internal::StatusFilter status, internal::PushState::Hook::Handler&& handler) const;

  std::shared_ptr<internal::SocketImpl> socket_;
  internal::PushPtr state_;
};

}  // namespace phx

#endif  // PHX_CLIENT_PUSH_H_
