// TransportAttempts: the transports of one socket, by the generation of their attempt: the present
// one, and perhaps one that is still closing.
#ifndef PHX_CLIENT_INTERNAL_TRANSPORT_ATTEMPTS_H_
#define PHX_CLIENT_INTERNAL_TRANSPORT_ATTEMPTS_H_

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "client/core/action.h"
#include "client/transport/transport.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"

namespace phx::internal {

// Who hears of the transports' events, each with the generation that it belongs to.
class TransportListener {
 public:
  virtual void OnStage(core::Generation generation, ConnectStage stage,
                       std::string_view detail) = 0;
  virtual void OnOpen(core::Generation generation, OpenInfo info, bool skip_heartbeat) = 0;
  virtual void OnFrame(core::Generation generation, wire::FrameView frame) = 0;
  virtual void OnBatchBegin() = 0;
  virtual void OnBatchEnd() = 0;
  virtual void OnClosed(core::Generation generation, TransportClosed closed) = 0;

 protected:
  ~TransportListener() = default;
};

// What a socket's transports are made by.
struct TransportFactories {
  TransportFactory primary = {};
  TransportFactory fallback = {};  // empty unless there is one
};

// Use it on the socket's strand only.
class TransportAttempts {
 public:
  // `listener` outlives this object.
  TransportAttempts(std::shared_ptr<const TransportFactories> factories,
                    TransportListener& listener);
  ~TransportAttempts();

  // Attempts from now on are made by `factories`.
  void ReplaceFactories(std::shared_ptr<const TransportFactories> factories) {
    factories_ = std::move(factories);
  }

  // kInvalidArgument if the factory, which may be the user's, throws or makes nothing.
  absl::Status Open(const core::OpenTransport& attempt,
                    const boost::asio::any_io_executor& executor, TransportRequest request);
  void Send(core::Generation generation, wire::FrameView frame);
  void Close(core::Generation generation, const wire::CloseInfo& info);
  void Abandon(core::Generation generation);
  void AbandonAll();

  // Lets everything that was sent leave. Returns what the present transport has not got rid of.
  std::size_t Flush();

  // The attempt is over. It is kept until Bury(), since it may be the one that is calling.
  void Retire(core::Generation generation);
  void Bury();

 private:
  class Attempt;

  Attempt* Find(core::Generation generation) const;

  std::shared_ptr<const TransportFactories> factories_;  // many sockets may share them
  TransportListener& listener_;
  std::vector<std::unique_ptr<Attempt>> attempts_;  // the present one last
  std::vector<std::unique_ptr<Attempt>> retired_;
};

}  // namespace phx::internal

#endif  // PHX_CLIENT_INTERNAL_TRANSPORT_ATTEMPTS_H_
