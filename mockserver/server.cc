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
#include "absl/strings/str_cat.h"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/steady_timer.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/tls_context.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/connection.h"
#include "mockserver/endpoint.h"
#include "mockserver/io_thread.h"
#include "mockserver/listener.h"
#include "mockserver/long_poll_session.h"
#include "mockserver/server_context.h"
#include "mockserver/server_observer.h"
#include "mockserver/session_core.h"
#include "mockserver/shard.h"
#include "mockserver/shard_counters.h"
#include "mockserver/websocket_core.h"

namespace phx::mock {
namespace {

constexpr int kMaxThreads = 1024;

}  // namespace

class Server::Impl {
 public:
  Impl(Server& server, ServerOptions options)
      : recorder_(options.record_limit),
        context_(std::make_shared<ServerContext>(std::move(options.sockets), options.flavor,
                                                 HandlerFor(server, std::move(options.on_request)),
                                                 options.limits)),
        options_(std::move(options)) {
    context_->races = options_.races;
    context_->close_timeout = options_.close_timeout;
    if (recorder_.enabled() || options_.log) {
      context_->observer = std::make_unique<ServerObserver>(recorder_, std::move(options_.log));
    }
  }

  void Start() {
    status_ = TryToListen();
    if (!status_.ok()) return;
    for (const auto& thread : threads_) thread->Start();
  }

  ~Impl() { Stop(); }

  void Stop() {
    if (is_stopped_ || threads_.empty()) return;
    is_stopped_ = true;
    if (status_.ok()) {
      // What was accepted before is on its way to its thread then.
      OnListener([&] {
        CallOffStop();
        listener_->Stop();
      });
    }
    for (const auto& thread : threads_) thread->Stop();
    for (const auto& thread : threads_) thread->Join();
  }

  void StopEndpoint(std::chrono::milliseconds delay) {
    if (!status_.ok()) return;
    threads_.front()->Post([this, delay](IoThread&) {
      stop_timer_->expires_after(delay);
      stop_timer_->async_wait([this, stop = ++last_stop_](boost::system::error_code error) {
        if (!error && stop == last_stop_) CloseEndpoint();
      });
    });
  }

  absl::Status StartEndpoint() {
    if (!status_.ok()) return status_;
    if (is_stopped_) return absl::FailedPreconditionError("the server was stopped for good");
    absl::Status listens;
    OnListener([&] {
      CallOffStop();
      if (listener_->is_listening()) return;
      listens = listener_->Listen(options_.address, port());
      if (listens.ok()) listener_->Start();
    });
    return listens;
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

  // What the threads count.
  ServerStats CountTraffic() const {
    ServerStats stats;
    for (const auto& thread : threads_) {
      const ShardCounters& counters = std::as_const(*thread).shard().counters();
      stats.channels += counters.channels.value();
      stats.frames_received += counters.frames_received.value();
      stats.frames_sent += counters.frames_sent.value();
    }
    return stats;
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
  static RequestHandler HandlerFor(Server& server, decltype(ServerOptions::on_request) handler) {
    if (!handler) return {};
    return [&server, handler = std::move(handler)](const HttpRequest& request,
                                                   const ConnectInfo& info) {
      return handler(server, request, info);
    };
  }

  absl::Status TryToListen() {
    if (options_.threads < 1 || options_.threads > kMaxThreads) {
      return absl::InvalidArgumentError(
          absl::StrCat("a server has from 1 to ", kMaxThreads, " threads"));
    }
    if (absl::Status valid = context_->endpoint.Check(); !valid.ok()) return valid;
    if (options_.tls.has_value()) {
      absl::StatusOr<net::TlsContext> tls = net::TlsContext::ForServer(*options_.tls);
      if (!tls.ok()) return tls.status();
      context_->tls = *std::move(tls);
    }
    for (int i = 0; i != options_.threads; ++i) {
      threads_.push_back(std::make_shared<IoThread>(hub_));
    }
    listener_ = std::make_unique<Listener>(threads_, context_);
    if (absl::Status listens = listener_->Listen(options_.address, options_.port); !listens.ok()) {
      return listens;
    }
    stop_timer_.emplace(threads_.front()->context());
    listener_->Start();
    return absl::OkStatus();
  }

  // Runs `task` on the listener's thread; returns when it is done.
  void OnListener(const std::function<void()>& task) {
    std::promise<void> done;
    threads_.front()->Post([&](IoThread&) {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  // On the listener's thread.
  //
  void CallOffStop() {
    ++last_stop_;
    stop_timer_->cancel();
  }

  void CloseEndpoint() {
    listener_->Stop();
    for (const auto& thread : threads_) {
      thread->Post([](IoThread& here) { here.CloseAll(); });
    }
  }

  Recorder recorder_;
  std::shared_ptr<ServerContext> context_;
  ServerOptions options_;  // those that are not in the context
  Hub hub_;
  std::vector<std::shared_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;
  std::optional<boost::asio::steady_timer> stop_timer_;  // of StopEndpoint()
  std::size_t last_stop_ = 0;                            // what waits for it; on its thread
  absl::Status status_;
  bool is_stopped_ = false;
};

// What is served may call the server, which has to be there first.
Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(*this, std::move(options))) {
  impl_->Start();
}

Server::~Server() { Stop(); }

const absl::Status& Server::status() const { return impl_->status(); }

std::string Server::url() const {
  return status().ok() ? url(impl_->context().endpoint.sockets().front().path) : std::string();
}

std::string Server::url(std::string_view path) const { return impl_->Url(path); }

std::uint16_t Server::port() const { return impl_->port(); }

const Flavor& Server::flavor() const { return impl_->context().endpoint.flavor(); }

void Server::Stop() { impl_->Stop(); }

void Server::StopEndpoint(std::chrono::milliseconds delay) { impl_->StopEndpoint(delay); }

absl::Status Server::StartEndpoint() { return impl_->StartEndpoint(); }

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

void Server::SetFaults(Faults faults, ConnectionId connection) {
  const auto shared = std::make_shared<const Faults>(std::move(faults));
  if (connection == kEveryConnection) impl_->context().faults.Set(shared);
  impl_->ForEach(connection, [shared](Connection& target) { target.SetFaults(shared); });
  impl_->ForEachSession(connection,
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
  ServerStats stats = impl_->CountTraffic();
  stats.connections = context.connections.used();
  stats.longpoll_sessions = context.longpoll_sessions.used();
  stats.refused_connections = context.connections.refused();
  stats.refused_longpoll_sessions = context.longpoll_sessions.refused();
  stats.slow_consumers = context.slow_consumers;
  return stats;
}

Recorder& Server::recorder() { return impl_->recorder(); }

}  // namespace phx::mock
