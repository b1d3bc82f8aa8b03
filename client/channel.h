// Channel: one topic of a Socket, joined and rejoined.
//
//   phx::Channel room = socket.Channel("room:lobby", {{"nick", "ann"}});
//   room.On("new_msg", [](const phx::Message& m) { Show(m.payload.json()); });
//   room.Join()
//       .Receive("ok", [](const phx::Reply& reply) { … })
//       .Receive("error", [](const phx::Reply& reply) { … });
//   room.Push("new_msg", {{"body", "hi"}});
//
// With coroutines:
//
//   absl::StatusOr<phx::Reply> joined = co_await room.AsyncJoin(asio::use_awaitable);
//   absl::StatusOr<phx::Reply> reply =
//       co_await room.AsyncPush("new_msg", payload, asio::use_awaitable);
//
// A joined channel that loses its join (the connection drops, the channel crashes on the server)
// joins again by itself, until Leave(), Remove(), or the server closes it.
//
// Messages reach handlers in the order in which the server sent them, each at most once; nothing is
// replayed after a reconnect.
//
// A handle: copies name the same channel. A channel does not keep its Socket connected; when the
// last Socket handle is gone, its channels are of no use any more.
//
// Threads: every function may be called from any thread and inside any handler. Handlers run on the
// socket's strand, one at a time, never inside the caller's own call.
#ifndef PHX_CLIENT_CHANNEL_H_
#define PHX_CLIENT_CHANNEL_H_

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/core/notification.h"
#include "client/core/states.h"
#include "client/core/status.h"
#include "client/internal/async_operations.h"
#include "client/internal/channel_shared.h"
#include "client/message_stream.h"
#include "client/push.h"
#include "client/wire/decode_payload.h"
#include "client/wire/message.h"
#include "client/wire/ref.h"
#include "nlohmann/json.hpp"

namespace phx {

using wire::Message;

class Channel {
 public:
  using Timeout = std::optional<std::chrono::milliseconds>;  // nullopt: SocketOptions::push_timeout

  // --- joining and leaving

  // Channel::Join()
  //
  // Joins the channel, now or as soon as the socket is connected. Allowed in state closed, errored
  // and leaving (then it joins when the leave is over).
  //
  // Outcomes, one for each time the channel joins: the server's reply; kDeadlineExceeded not
  // connected, or no reply, within `timeout`; kUnavailable connection lost meanwhile; kCancelled
  // left, removed, disconnected; kInvalidArgument bad topic or params; kFailedPrecondition joined
  // or joining already, or removed. After all but the last three the channel tries again by itself.
  ::phx::Push Join(Timeout timeout = std::nullopt) const;

  // As Join(); completes with its first outcome.
  template <typename CompletionToken>
  auto AsyncJoin(CompletionToken&& token) const {
    return AsyncJoin(std::nullopt, std::forward<CompletionToken>(token));
  }
  template <typename CompletionToken>
  auto AsyncJoin(Timeout timeout, CompletionToken&& token) const {
    return internal::AsyncJoin(socket_, state_, timeout, std::forward<CompletionToken>(token));
  }

  // Channel::Leave()
  //
  // Leaves the channel. No message of it that comes after this took effect reaches a handler. The
  // state is `leaving` until the server has answered, `timeout` has passed, or the connection is
  // gone; then OnClose runs, once. Where the server knows nothing of us to leave, that is at once.
  //
  // Outcomes: the server's reply ("ok"); kDeadlineExceeded (the channel is closed all the same);
  // kCancelled removed; kFailedPrecondition removed before.
  ::phx::Push Leave(Timeout timeout = std::nullopt) const;
  template <typename CompletionToken>
  auto AsyncLeave(CompletionToken&& token) const {
    return internal::AsyncLeave(socket_, state_, std::nullopt,
                                std::forward<CompletionToken>(token));
  }

  // Channel::Remove()
  //
  // Takes the channel out of its socket, leaving it first if need be. Its handlers never run again,
  // everything outstanding is cancelled, and this handle and its copies are of no use any more. A
  // later Socket::Channel() of this topic makes a new one.
  void Remove() const;

  // --- pushing

  // Channel::Push()
  //
  // Sends `event` with `payload`. Until the channel is joined the push waits in a bounded buffer;
  // `timeout` runs from this call, and anew from when it is written. Pushes leave in order.
  //
  // Outcomes: the server's reply; kDeadlineExceeded no reply in time; kUnavailable connection lost,
  // or channel crashed, before the reply; kFailedPrecondition not joined and not about to be;
  // kResourceExhausted the buffer is full, or the network does not keep up; kInvalidArgument a
  // payload or event that cannot be encoded; kCancelled left, closed, removed, disconnected.
  ::phx::Push Push(std::string_view event, const nlohmann::json& payload = nlohmann::json::object(),
                   Timeout timeout = std::nullopt) const {
    return Push(event, Payload::Json(payload), timeout);
  }
  ::phx::Push Push(std::string_view event, Payload payload, Timeout timeout = std::nullopt) const;

  // Channel::Cast()
  //
  // Sends `event` with `payload` and forgets about it: what the server replies is ignored. Waits
  // in the same buffer as pushes, in order with them, for SocketOptions::push_timeout at most. What
  // cannot be sent is logged and counted (SocketStats::dropped_messages).
  //
  // Costs less than a Push(): there is nothing to keep. On the strand, a payload that is JSON text
  // or bytes is not even copied.
  void Cast(std::string_view event,
            const nlohmann::json& payload = nlohmann::json::object()) const {
    Cast(event, Payload::Json(payload));
  }
  void Cast(std::string_view event, Payload payload) const;

  // As Push(); completes with its outcome: void(absl::StatusOr<Reply>), see Push::AsyncWait().
  template <typename CompletionToken>
  auto AsyncPush(std::string event, const nlohmann::json& payload, CompletionToken&& token) const {
    return AsyncPush(std::move(event), Payload::Json(payload), std::nullopt,
                     std::forward<CompletionToken>(token));
  }
  template <typename CompletionToken>
  auto AsyncPush(std::string event, Payload payload, CompletionToken&& token) const {
    return AsyncPush(std::move(event), std::move(payload), std::nullopt,
                     std::forward<CompletionToken>(token));
  }
  template <typename CompletionToken>
  auto AsyncPush(std::string event, Payload payload, Timeout timeout,
                 CompletionToken&& token) const {
    return internal::AsyncPush(socket_, state_, std::move(event), std::move(payload), timeout,
                               std::forward<CompletionToken>(token));
  }

  // --- hearing

  // Channel::On()
  //
  // Runs `handler` for every message of this channel with that event. It hears what arrives after
  // this call took effect, also while the channel is joining. Several handlers of one event run in
  // the order of registration. The message is valid while the handler runs; a copy of it for ever.
  // A handler that throws is logged, and has no other effect.
  Ref On(std::string_view event, absl::AnyInvocable<void(const Message&)> handler) const;

  // The same for payloads of a type of your own, made by nlohmann's from_json:
  //
  //   room.On<ChatMessage>("new_msg", [](const ChatMessage& m) { Show(m.body); });
  //
  // A payload that makes no T does not reach `handler`. It is logged, counted
  // (SocketStats::undecodable_payloads) and told to `on_error`, as kDataLoss.
  template <typename T>
  Ref On(std::string_view event, absl::AnyInvocable<void(const T&)> handler,
         absl::AnyInvocable<void(const absl::Status&)> on_error = nullptr) const {
    return On(event, absl::AnyInvocable<void(const Message&)>(
                         [socket = socket_.get(), handler = std::move(handler),
                          on_error = std::move(on_error)](const Message& message) mutable {
                           const absl::StatusOr<T> value = DecodePayload<T>(message.payload);
                           if (value.ok()) return handler(*value);
                           const absl::Status error =
                               internal::ReportUndecodable(*socket, message, value.status());
                           if (on_error != nullptr) on_error(error);
                         }));
  }

  // For every message of this channel, after the handlers of its event, except for the protocol's
  // own: phx_reply, phx_close, phx_error.
  Ref OnMessage(absl::AnyInvocable<void(const Message&)> handler) const;

  // The same for messages that carry the given ref, such as the reply to one push.
  Ref OnRef(Ref ref, std::string_view event,
            absl::AnyInvocable<void(const Message&)> handler) const;

  // Each time the server accepts a join.
  Ref OnJoin(absl::AnyInvocable<void(const ChannelJoined&)> handler) const;
  // When the channel is closed: by Leave(), or by the server.
  Ref OnClose(absl::AnyInvocable<void(const ChannelClosed&)> handler) const;
  // When the channel loses its join.
  Ref OnError(absl::AnyInvocable<void(const ChannelErrored&)> handler) const;

  // Each time the status changes, before the hooks that tell of its cause.
  Ref OnStatus(absl::AnyInvocable<void(const ChannelStatus&)> handler) const;

  // Takes out one registration. If this is called on the strand, its handler never runs again when
  // the call returns; elsewhere, when the strand has got to it.
  void Off(Ref registration) const;
  // Takes out all handlers of `event` (Go's Clear).
  void Clear(std::string_view event) const;

  // Channel::Stream()
  //
  // Messages with that event, or what OnMessage() hears, to be received one after the other:
  // message_stream.h. It hears what arrives after this call took effect.
  MessageStream Stream(std::string_view event, StreamOptions options = {}) const;
  MessageStream Stream(StreamOptions options = {}) const;

  // --- being asked

  const std::string& topic() const { return state_->topic; }

  // The state that the strand has reached; a call made on another thread shows when it took effect.
  ChannelState state() const { return status().state(); }
  // The same, with what it waits for and until when (to the microsecond).
  ChannelStatus status() const { return state_->status.Load(); }
  bool is_closed() const { return state() == ChannelState::kClosed; }
  bool is_errored() const { return state() == ChannelState::kErrored; }
  bool is_joined() const { return state() == ChannelState::kJoined; }
  bool is_joining() const { return state() == ChannelState::kJoining; }
  bool is_leaving() const { return state() == ChannelState::kLeaving; }
  bool is_removed() const { return state() == ChannelState::kRemoved; }

  // The ref of the present join; none while there is no join.
  Ref join_ref() const { return Ref{state_->join_ref.load(std::memory_order_acquire)}; }

  friend bool operator==(const Channel& a, const Channel& b) { return a.state_ == b.state_; }

 private:
  friend class Presence;
  friend class Socket;
  Channel(std::shared_ptr<internal::SocketImpl> socket,
          std::shared_ptr<internal::ChannelShared> state)
      : socket_(std::move(socket)), state_(std::move(state)) {}

  template <typename Register>
  MessageStream MakeStream(StreamOptions options, const Register& on_message) const;

  std::shared_ptr<internal::SocketImpl> socket_;
  std::shared_ptr<internal::ChannelShared> state_;
};

}  // namespace phx

#endif  // PHX_CLIENT_CHANNEL_H_
