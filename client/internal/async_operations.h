// The initiating functions of all asynchronous operations: thin templates over a few compiled ones.
#ifndef PHX_CLIENT_INTERNAL_ASYNC_OPERATIONS_H_
#define PHX_CLIENT_INTERNAL_ASYNC_OPERATIONS_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/associated_cancellation_slot.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/cancellation_type.hpp"
#include "client/core/stats.h"
#include "client/core/time.h"
#include "client/internal/completion.h"
#include "client/internal/push_state.h"
#include "client/internal/stream_state.h"
#include "client/wire/close_info.h"
#include "client/wire/message.h"
#include "client/wire/payload.h"

namespace phx::internal {

class SocketImpl;
struct ChannelShared;

using SocketPtr = std::shared_ptr<SocketImpl>;
using ChannelPtr = std::shared_ptr<ChannelShared>;
using Timeout = std::optional<std::chrono::milliseconds>;
using WaiterId = std::uint64_t;
using StreamPtr = std::shared_ptr<StreamState>;
using PingOutcome = absl::StatusOr<Duration>;

// What the templates below are made of; socket_impl.cc has the bodies. All may be called on any
// thread, except AttachWaiter: nobody else knows the push yet.
boost::asio::any_io_executor StrandOf(const SocketImpl& socket);
WaiterId NewWaiterId(SocketImpl& socket);
PushPtr NewPush(const SocketImpl& socket, std::string_view event, Timeout timeout);
void AttachWaiter(PushState& push, WaiterId id, Completion<PushOutcome> completion);
void StartPush(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push,
               wire::Payload&& payload);
void StartCast(const SocketPtr& socket, const ChannelPtr& channel, std::string_view event,
               wire::Payload&& payload);
void StartJoin(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push);
void StartLeave(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push);
void CancelPush(const SocketPtr& socket, const PushPtr& push);
void StartWait(const SocketPtr& socket, const PushPtr& push, WaiterId id,
               Completion<PushOutcome> completion);
void CancelWait(const SocketPtr& socket, const PushPtr& push, WaiterId id);
void StartConnect(const SocketPtr& socket, WaiterId id, Completion<absl::Status> completion);
void CancelConnectWait(const SocketPtr& socket, WaiterId id);
void StartDisconnect(const SocketPtr& socket, wire::CloseInfo info, WaiterId id,
                     Completion<absl::Status> completion);
void CancelDisconnectWait(const SocketPtr& socket, WaiterId id);
void StartPing(const SocketPtr& socket, WaiterId id, Completion<PingOutcome> completion);
void CancelPing(const SocketPtr& socket, WaiterId id);
void StartReceive(const SocketPtr& socket, const StreamPtr& stream, WaiterId id,
                  Completion<MessageOutcome> completion);
void CancelReceive(const SocketPtr& socket, const StreamPtr& stream, WaiterId id);
// A message whose payload makes no T: logs and counts it, and says so in full.
absl::Status ReportUndecodable(SocketImpl& socket, const wire::Message& message,
                               const absl::Status& why);
void StartStats(const SocketPtr& socket, Completion<SocketStats> completion);

// Has `cancel(socket)` called when the operation of `handler` is cancelled.
template <typename Handler, typename Cancel>
void OnCancellation(const Handler& handler, const SocketPtr& socket, Cancel cancel) {
  auto slot = boost::asio::get_associated_cancellation_slot(handler);
  if (!slot.is_connected()) return;
  slot.assign([weak = std::weak_ptr<SocketImpl>(socket),
               cancel = std::move(cancel)](boost::asio::cancellation_type_t) {
    if (const SocketPtr locked = weak.lock()) cancel(locked);
  });
}

template <typename CompletionToken>
auto AsyncPush(SocketPtr socket, ChannelPtr channel, std::string event, wire::Payload payload,
               Timeout timeout, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(PushOutcome)>(
      [](auto handler, const SocketPtr& on, const ChannelPtr& to, const std::string& name,
         wire::Payload data, Timeout limit) {
        const PushPtr push = NewPush(*on, name, limit);
        OnCancellation(handler, on, [push](const SocketPtr& of) { CancelPush(of, push); });
        AttachWaiter(*push, 0, MakeCompletion<PushOutcome>(std::move(handler), StrandOf(*on)));
        StartPush(on, to, push, std::move(data));
      },
      token, std::move(socket), std::move(channel), std::move(event), std::move(payload), timeout);
}

// A join or a leave: cancellation ends the waiting, not the thing itself.
template <typename CompletionToken>
auto AsyncMembership(SocketPtr socket, ChannelPtr channel, Timeout timeout,
                     void (*start)(const SocketPtr&, const ChannelPtr&, const PushPtr&),
                     CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(PushOutcome)>(
      [start](auto handler, const SocketPtr& on, const ChannelPtr& to, Timeout limit) {
        const PushPtr push = NewPush(*on, "", limit);
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on, [push, id](const SocketPtr& of) { CancelWait(of, push, id); });
        AttachWaiter(*push, id, MakeCompletion<PushOutcome>(std::move(handler), StrandOf(*on)));
        start(on, to, push);
      },
      token, std::move(socket), std::move(channel), timeout);
}

template <typename CompletionToken>
auto AsyncJoin(SocketPtr socket, ChannelPtr channel, Timeout timeout, CompletionToken&& token) {
  return AsyncMembership(std::move(socket), std::move(channel), timeout, &StartJoin,
                         std::forward<CompletionToken>(token));
}

template <typename CompletionToken>
auto AsyncLeave(SocketPtr socket, ChannelPtr channel, Timeout timeout, CompletionToken&& token) {
  return AsyncMembership(std::move(socket), std::move(channel), timeout, &StartLeave,
                         std::forward<CompletionToken>(token));
}

template <typename CompletionToken>
auto AsyncWaitForPush(SocketPtr socket, PushPtr push, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(PushOutcome)>(
      [](auto handler, const SocketPtr& on, const PushPtr& awaited) {
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on,
                       [awaited, id](const SocketPtr& of) { CancelWait(of, awaited, id); });
        StartWait(on, awaited, id, MakeCompletion<PushOutcome>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket), std::move(push));
}

template <typename CompletionToken>
auto AsyncConnect(SocketPtr socket, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(absl::Status)>(
      [](auto handler, const SocketPtr& on) {
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on, [id](const SocketPtr& of) { CancelConnectWait(of, id); });
        StartConnect(on, id, MakeCompletion<absl::Status>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket));
}

template <typename CompletionToken>
auto AsyncDisconnect(SocketPtr socket, wire::CloseInfo info, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(absl::Status)>(
      [](auto handler, const SocketPtr& on, wire::CloseInfo why) {
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on, [id](const SocketPtr& of) { CancelDisconnectWait(of, id); });
        StartDisconnect(on, std::move(why), id,
                        MakeCompletion<absl::Status>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket), std::move(info));
}

template <typename CompletionToken>
auto AsyncPing(SocketPtr socket, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(PingOutcome)>(
      [](auto handler, const SocketPtr& on) {
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on, [id](const SocketPtr& of) { CancelPing(of, id); });
        StartPing(on, id, MakeCompletion<PingOutcome>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket));
}

template <typename CompletionToken>
auto AsyncReceive(SocketPtr socket, StreamPtr stream, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(MessageOutcome)>(
      [](auto handler, const SocketPtr& on, const StreamPtr& from) {
        const WaiterId id = NewWaiterId(*on);
        OnCancellation(handler, on,
                       [from, id](const SocketPtr& of) { CancelReceive(of, from, id); });
        StartReceive(on, from, id,
                     MakeCompletion<MessageOutcome>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket), std::move(stream));
}

template <typename CompletionToken>
auto AsyncStats(SocketPtr socket, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(SocketStats)>(
      [](auto handler, const SocketPtr& on) {
        StartStats(on, MakeCompletion<SocketStats>(std::move(handler), StrandOf(*on)));
      },
      token, std::move(socket));
}

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_ASYNC_OPERATIONS_H_
