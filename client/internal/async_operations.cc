#include "client/internal/async_operations.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "boost/asio/any_io_executor.hpp"
#include "client/internal/channel_shared.h"
#include "client/internal/socket_impl.h"

namespace phx::internal {
namespace {

absl::Status Gone() { return absl::CancelledError("the socket was destroyed"); }

// The socket is gone: nobody but the caller has the push, and it ends here.
void FinishOrphan(PushState& push) {
  push.is_done.store(true, std::memory_order_release);
  for (PushState::Waiter& waiter : std::exchange(push.waiters, {})) {
    waiter.completion(CompleteFrom::Destructor(), Gone());
  }
}

// Runs `command` with the completion, or, if the socket is gone, completes with that.
template <typename Outcome, typename Command>
void SubmitWith(const SocketPtr& socket, Completion<Outcome> completion, Command command) {
  auto kept = std::make_shared<Completion<Outcome>>(std::move(completion));
  const bool runs = socket->Submit([kept, command = std::move(command)](SocketImpl& self) mutable {
    command(self, std::move(*kept));
  });
  if (!runs) (*kept)(CompleteFrom::Destructor(), Gone());
}

// Completes the operation `id` among those that wait for one thing with kCancelled.
template <typename Outcome>
void CancelIn(const SocketPtr& socket, WaiterList<Outcome>& (SocketImpl::*waiters)(), WaiterId id) {
  socket->Submit([waiters, id](SocketImpl& self) {
    self.Defer([waiters, id](SocketImpl& later) {
      (later.*waiters)().Complete(later.complete_from(), id,
                                  absl::CancelledError("the wait was cancelled"));
    });
  });
}

}  // namespace

boost::asio::any_io_executor StrandOf(const SocketImpl& socket) { return socket.executor(); }

WaiterId NewWaiterId(SocketImpl& socket) { return socket.NewRef().value; }

PushPtr NewPush(const SocketImpl& socket, std::string_view event, Timeout timeout) {
  return PushPtr(new PushState(event, timeout.value_or(socket.options().push_timeout)));
}

void AttachWaiter(PushState& push, WaiterId id, Completion<PushOutcome> completion) {
  push.waiters.push_back({id, std::move(completion)});
}

// On the strand nothing is copied: the core encodes the message at once.
void StartPush(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push,
               wire::Payload&& payload) {
  bool runs = false;
  if (socket->is_on_strand()) {
    runs = socket->RunHere(
        [&](SocketImpl& self) { self.StartPush(*channel, push, std::move(payload)); });
  } else {
    payload.Own();
    runs = socket->Submit([channel, push, payload = std::move(payload)](SocketImpl& self) mutable {
      self.StartPush(*channel, push, std::move(payload));
    });
  }
  if (!runs) FinishOrphan(*push);
}

// On the strand nothing is copied or kept: the core encodes the message at once.
void StartCast(const SocketPtr& socket, const ChannelPtr& channel, std::string_view event,
               wire::Payload&& payload) {
  if (socket->is_on_strand()) {
    socket->RunHere([&](SocketImpl& self) { self.Cast(*channel, event, std::move(payload)); });
    return;
  }
  payload.Own();
  socket->Submit([channel, event = std::string(event), payload = std::move(payload)](
                     SocketImpl& self) mutable { self.Cast(*channel, event, std::move(payload)); });
}

void StartJoin(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push) {
  const bool runs =
      socket->Submit([channel, push](SocketImpl& self) { self.StartJoin(*channel, push); });
  if (!runs) FinishOrphan(*push);
}

void StartLeave(const SocketPtr& socket, const ChannelPtr& channel, const PushPtr& push) {
  const bool runs =
      socket->Submit([channel, push](SocketImpl& self) { self.StartLeave(*channel, push); });
  if (!runs) FinishOrphan(*push);
}

void CancelPush(const SocketPtr& socket, const PushPtr& push) {
  socket->Submit([push](SocketImpl& self) { self.CancelPush(push); });
}

void StartWait(const SocketPtr& socket, const PushPtr& push, WaiterId id,
               Completion<PushOutcome> completion) {
  auto command = [push, id](SocketImpl& self, Completion<PushOutcome> done) {
    self.AddWaiter(push, {id, std::move(done)});
  };
  SubmitWith<PushOutcome>(socket, std::move(completion), std::move(command));
}

void CancelWait(const SocketPtr& socket, const PushPtr& push, WaiterId id) {
  socket->Submit([push, id](SocketImpl& self) { self.CancelWait(push, id); });
}

void StartConnect(const SocketPtr& socket, WaiterId id, Completion<absl::Status> completion) {
  auto command = [id](SocketImpl& self, Completion<absl::Status> done) {
    self.StartConnect(id, std::move(done));
  };
  SubmitWith<absl::Status>(socket, std::move(completion), std::move(command));
}

void CancelConnectWait(const SocketPtr& socket, WaiterId id) {
  CancelIn(socket, &SocketImpl::connect_waiters, id);
}

void StartDisconnect(const SocketPtr& socket, wire::CloseInfo info, WaiterId id,
                     Completion<absl::Status> completion) {
  auto command = [info = std::move(info), id](SocketImpl& self, Completion<absl::Status> done) {
    self.StartDisconnect(info, id, std::move(done));
  };
  SubmitWith<absl::Status>(socket, std::move(completion), std::move(command));
}

void CancelDisconnectWait(const SocketPtr& socket, WaiterId id) {
  CancelIn(socket, &SocketImpl::disconnect_waiters, id);
}

void StartPing(const SocketPtr& socket, WaiterId id, Completion<PingOutcome> completion) {
  auto command = [id](SocketImpl& self, Completion<PingOutcome> done) {
    self.StartPing(id, std::move(done));
  };
  SubmitWith<PingOutcome>(socket, std::move(completion), std::move(command));
}

void CancelPing(const SocketPtr& socket, WaiterId id) {
  CancelIn(socket, &SocketImpl::ping_waiters, id);
}

void StartReceive(const SocketPtr& socket, const StreamPtr& stream, WaiterId id,
                  Completion<MessageOutcome> completion) {
  auto command = [stream, id](SocketImpl& self, Completion<MessageOutcome> done) {
    stream->AddWaiter(id, std::move(done));
    self.Defer([stream](SocketImpl& later) { stream->Serve(later.complete_from()); });
  };
  SubmitWith<MessageOutcome>(socket, std::move(completion), std::move(command));
}

void CancelReceive(const SocketPtr& socket, const StreamPtr& stream, WaiterId id) {
  socket->Submit([stream, id](SocketImpl& self) {
    self.Defer(
        [stream, id](SocketImpl& later) { stream->CancelWaiter(later.complete_from(), id); });
  });
}

absl::Status ReportUndecodable(SocketImpl& socket, const wire::Message& message,
                               const absl::Status& why) {
  return socket.ReportUndecodable(message, why);
}

void StartStats(const SocketPtr& socket, Completion<SocketStats> completion) {
  auto kept = std::make_shared<Completion<SocketStats>>(std::move(completion));
  const bool runs = socket->Submit([kept](SocketImpl& self) {
    self.Defer([kept](SocketImpl& later) { (*kept)(later.complete_from(), later.core().stats()); });
  });
  if (!runs) (*kept)(CompleteFrom::Destructor(), SocketStats());
}

}  // namespace phx::internal
