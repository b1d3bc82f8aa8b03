#include "mockserver/server.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/address.hpp"
#include "client/net/tls_context.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/connection.h"
#include "mockserver/io_thread.h"
#include "mockserver/listener.h"
#include "mockserver/long_poll_session.h"
#include "mockserver/server_context.h"
#include "mockserver/server_observer.h"
#include "mockserver/session_core.h"
#include "mockserver/shard.h"
#include "mockserver/websocket_core.h"

namespace phx::mock {

class Server::Impl {
 public:
  explicit Impl(ServerOptions options)
      : recorder_(options.record_limit),
        context_(std::make_shared<ServerContext>(std::move(options.sockets), options.flavor,
                                                 options.limits)) {
    context_->races = options.races;
    context_->close_timeout = options.close_timeout;
    if (recorder_.enabled() || options.log) {
      context_->observer = std::make_unique<ServerObserver>(recorder_, std::move(options.log));
    }
    status_ = Start(options);
  }

  ~Impl() { Stop(); }

  void Stop() {
    if (is_stopped_ || threads_.empty()) return;
    is_stopped_ = true;
    if (status_.ok()) {
      std::promise<void> closed;
      threads_.front()->Post([&](IoThread&) {
        listener_->Stop();
        closed.set_value();
      });
      closed.get_future().wait();  // what was accepted before is on its way to its thread now
    }
    for (const auto& thread : threads_) thread->Stop();
    for (const auto& thread : threads_) thread->Join();
  }

  const absl::Status& status() const { return status_; }
  Recorder& recorder() { return recorder_; }
  ServerContext& context() { return *context_; }
  std::uint16_t port() const { return status_.ok() ? listener_->endpoint().port() : 0; }

  std::string Url(std::string_view path) const {
    if (!status_.ok()) return {};
    const boost::asio::ip::address address = listener_->endpoint().address();
    const std::string host = !address.is_unspecified() ? address.to_string()
                             : address.is_v6()         ? "::1"
                                                       : "127.0.0.1";
    std::string url = context_->tls.has_value() ? "wss://" : "ws://";
    url += address.is_v6() ? "[" + host + "]" : host;
    url += ':' + std::to_string(port());
    url.append(path);
    return url;
  }

  void Publish(const std::shared_ptr<const BroadcastMessage>& message) { hub_.Publish(message); }

  void ForEach(ConnectionId id, const std::function<void(Connection&)>& action) {
    for (const auto& thread : threads_) {
      thread->Post([id, action](IoThread& here) { here.Visit(id, action); });
    }
  }

  void ForEachSession(ConnectionId id, const std::function<void(LongPollSession&)>& action) {
    for (const auto& thread : threads_) {
      thread->Post([id, action](IoThread& here) { here.VisitSessions(id, action); });
    }
  }

  void OnWebSockets(ConnectionId id, std::function<void(WebSocketCore&)> action) {
    ForEach(id, [action = std::move(action)](Connection& connection) {
      connection.WithWebSocket(action);
    });
  }

 private:
  absl::Status Start(const ServerOptions& options) {
    if (options.threads < 1) return absl::InvalidArgumentError("a server needs a thread at least");
    if (absl::Status valid = context_->endpoint.Check(); !valid.ok()) return valid;
    if (options.tls.has_value()) {
      absl::StatusOr<net::TlsContext> tls = net::TlsContext::ForServer(*options.tls);
      if (!tls.ok()) return tls.status();
      context_->tls = *std::move(tls);
    }
    for (int i = 0; i != options.threads; ++i) threads_.push_back(std::make_shared<IoThread>(hub_));
    listener_ = std::make_unique<Listener>(threads_, context_);
    if (absl::Status listens = listener_->Listen(options.address, options.port); !listens.ok()) {
      return listens;
    }
    listener_->Start();
    for (const auto& thread : threads_) thread->Start();
    return absl::OkStatus();
  }

  Recorder recorder_;
  std::shared_ptr<ServerContext> context_;
  Hub hub_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;
  absl::Status status_;
  bool is_stopped_ = false;
};

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}

Server::~Server() = default;

const absl::Status& Server::status() const { return impl_->status(); }

std::string Server::url() const {
  return status().ok() ? url(impl_->context().endpoint.sockets().front().path) : std::string();
}

std::string Server::url(std::string_view path) const { return impl_->Url(path); }

std::uint16_t Server::port() const { return impl_->port(); }

void Server::Stop() { impl_->Stop(); }

absl::Status Server::Broadcast(std::string_view topic, std::string_view event, Payload payload) {
  const auto message = std::make_shared<const BroadcastMessage>(
      std::string(topic), std::string(event), std::move(payload));
  if (absl::Status valid = message->FrameFor(ProtocolVersion::kV2).status(); !valid.ok()) {
    return valid;
  }
  impl_->Publish(message);
  return absl::OkStatus();
}

absl::Status Server::Broadcast(std::string_view topic, std::string_view event,
                               const Json& payload) {
  return Broadcast(topic, event, Payload::Json(payload));
}

void Server::Disconnect(std::string_view socket_id) {
  static_cast<void>(Broadcast(socket_id, "disconnect", Payload()));
}

void Server::Close(wire::CloseInfo info, ConnectionId connection) {
  impl_->OnWebSockets(connection,
                      [info = std::move(info)](WebSocketCore& core) { core.Close(info); });
  impl_->ForEachSession(connection, [](LongPollSession& session) { session.End(); });
}

void Server::DropConnection(Drop how, ConnectionId connection) {
  impl_->ForEach(connection, [how](Connection& target) { target.DropConnection(how); });
  impl_->ForEachSession(connection, [](LongPollSession& session) { session.End(); });
}

void Server::SendRaw(std::string bytes, ConnectionId connection) {
  impl_->OnWebSockets(connection,
                      [bytes = std::move(bytes)](WebSocketCore& core) { core.SendRaw(bytes); });
}

void Server::SendFrame(wire::Frame frame, ConnectionId connection) {
  impl_->ForEachSession(connection,
                        [frame](LongPollSession& session) { session.SendFrame(frame.view()); });
  impl_->OnWebSockets(connection, [frame = std::move(frame)](WebSocketCore& core) {
    core.SendFrame(frame.view());
  });
}

void Server::SendPing(std::string payload, ConnectionId connection) {
  impl_->OnWebSockets(
      connection, [payload = std::move(payload)](WebSocketCore& core) { core.SendPing(payload); });
}

void Server::SetFaults(Faults faults) {
  const auto shared = std::make_shared<const Faults>(std::move(faults));
  impl_->context().faults.Set(shared);
  impl_->ForEach(kEveryConnection,
                 [shared](Connection& connection) { connection.SetFaults(shared); });
  impl_->ForEachSession(kEveryConnection,
                        [shared](LongPollSession& session) { session.SetFaults(shared); });
}

void Server::QueueFaults(Faults faults) {
  impl_->context().faults.Queue(std::make_shared<const Faults>(std::move(faults)));
}

void Server::StopChannels(std::string_view topic, StopReason reason, ConnectionId connection) {
  const auto stop = [topic = std::string(topic), reason](SessionCore& session) {
    session.StopTopic(std::chrono::steady_clock::now(), topic, reason);
  };
  impl_->OnWebSockets(connection, [stop](WebSocketCore& core) { stop(core.session()); });
  impl_->ForEachSession(connection, [stop](LongPollSession& session) { stop(session.session()); });
}

void Server::ForgetSessions() { impl_->context().sessions.Forget(); }

std::vector<ConnectionId> Server::connections() const { return impl_->context().open.All(); }

bool Server::AwaitConnections(std::size_t count, std::chrono::milliseconds timeout) const {
  return impl_->context().open.Await(count, timeout);
}

ServerStats Server::stats() const {
  const ServerContext& context = impl_->context();
  return {.connections = context.connections.used(),
          .longpoll_sessions = context.longpoll_sessions.used(),
          .refused_connections = context.connections.refused(),
          .refused_longpoll_sessions = context.longpoll_sessions.refused(),
          .slow_consumers = context.slow_consumers};
}

Recorder& Server::recorder() { return impl_->recorder(); }

}  // namespace phx::mock
