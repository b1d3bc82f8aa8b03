#include "client/message_stream.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "client/internal/socket_impl.h"

namespace phx {

void MessageStream::Close() {
  const std::unique_ptr<Registration> closed = std::move(registration_);
  if (closed == nullptr) return;
  closed->socket->Submit([channel = closed->channel, state = closed->state,
                          messages = closed->messages,
                          close = closed->close](internal::SocketImpl& self) {
    self.Off(*channel, messages);
    self.Off(*channel, close);
    self.EndStream(*channel, state, absl::CancelledError("the stream was closed"));
  });
}

}  // namespace phx
