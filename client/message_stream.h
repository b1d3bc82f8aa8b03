// MessageStream: messages of a channel, received one after the other. For coroutines:
//
//   phx::MessageStream stream = room.Stream("new_msg", {.capacity = 100});
//   for (;;) {
//     absl::StatusOr<phx::Message> message = co_await stream.AsyncReceive(asio::use_awaitable);
//     if (!message.ok()) break;  // the channel was left
//     Show(message->payload.json());
//   }
//
// Messages that arrive while nobody receives are kept, up to the stream's capacity; beyond that the
// oldest is dropped, counted and logged. The stream goes on when the channel loses its join and
// rejoins. It ends when the channel is closed or removed, or the socket destroyed: what was kept
// can still be received, and then every receive completes with the reason. A channel that is joined
// again needs a new stream.
//
// Not copyable; destroying it ends it. It does not keep its Socket alive.
//
// Threads: as any value; AsyncReceive() and dropped() may also be called from several at once.
#ifndef PHX_CLIENT_MESSAGE_STREAM_H_
#define PHX_CLIENT_MESSAGE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "client/internal/async_operations.h"
#include "client/internal/stream_state.h"
#include "client/wire/message.h"
#include "client/wire/ref.h"

namespace phx {

struct StreamOptions {
  // How many messages are kept until somebody receives them. Zero: none, only those who wait when a
  // message arrives get it.
  std::size_t capacity = 100;
};

class MessageStream {
 public:
  MessageStream(MessageStream&&) = default;
  MessageStream& operator=(MessageStream&& other) noexcept {
    if (this != &other) {
      Close();
      registration_ = std::move(other.registration_);
    }
    return *this;
  }
  ~MessageStream() { Close(); }

  // MessageStream::AsyncReceive()
  //
  // Completes with the next message: void(absl::StatusOr<Message>). Several may wait; they are
  // served in order. A plain function gets a message that is valid while it runs; take the argument
  // by value to keep it.
  //
  // kCancelled: the channel was left or removed, the socket destroyed, the stream closed.
  // kUnavailable: the server closed the channel. kFailedPrecondition: the channel had been removed
  // before. kInvalidArgument: no channel can have this topic. Only the end of the stream, and
  // cancellation, are errors: a lost connection is not.
  // Cancellation: all types; completes with kCancelled and consumes no message.
  template <typename CompletionToken>
  auto AsyncReceive(CompletionToken&& token) const {
    return internal::AsyncReceive(registration_->socket, registration_->state,
                                  std::forward<CompletionToken>(token));
  }

  // How many messages were dropped, because nobody received them in time.
  std::uint64_t dropped() const { return registration_->state->dropped(); }

  // Ends the stream now. Those who wait get kCancelled. No other function may be called after.
  void Close();

 private:
  friend class Channel;

  struct Registration {
    internal::SocketPtr socket;
    internal::ChannelPtr channel;
    internal::StreamPtr state;
    Ref messages;  // the registrations
    Ref close;
  };
  explicit MessageStream(Registration subscription)
      : registration_(std::make_unique<Registration>(std::move(subscription))) {}

  std::unique_ptr<Registration> registration_;
};

}  // namespace phx

#endif  // PHX_CLIENT_MESSAGE_STREAM_H_
