#include "testing/goldens/virtual_server.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/ascii.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/deflate_offer.h"
#include "mockserver/http_message.h"
#include "mockserver/long_poll_core.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/session_port.h"
#include "mockserver/websocket_core.h"

namespace phx::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Nothing recorded took longer.
constexpr seconds kPatience{200};

constexpr milliseconds kCloseTimeout{1000};

}  // namespace

// A request of long polling.
class VirtualServer::Exchange final : public mock::LongPollCaller,
                                      public std::enable_shared_from_this<Exchange> {
 public:
  explicit Exchange(VirtualServer& server) : server_(server) {}

  void Post(mock::LongPollReply reply) override {
    server_.Post([weak = weak_from_this(), reply = std::move(reply)] {
      if (const auto self = weak.lock()) self->core->OnReply(self->server_.now_, reply);
    });
  }

  std::optional<mock::LongPollExchange> core;

 private:
  VirtualServer& server_;
};

// A session of long polling.
class VirtualServer::Session final : public mock::SessionHost,
                                     public mock::LongPollCallee,
                                     public std::enable_shared_from_this<Session> {
 public:
  Session(VirtualServer& server, mock::SessionOptions options)
      : core(std::move(options), server.now_, server.shard_, *this), server_(server) {}

  void OnChange() override {}
  std::weak_ptr<mock::SessionPort> port() override { return {}; }

  void Post(mock::LongPollCall call) override {
    server_.Post([weak = weak_from_this(), call = std::move(call)] {
      if (const auto self = weak.lock()) self->core.OnCall(self->server_.now_, call);
    });
  }

  mock::LongPollCore core;

 private:
  VirtualServer& server_;
};

// The server's end of a connection, and what has reached the client's.
class VirtualServer::Connection final : public mock::SessionHost {
 public:
  Connection()
      : decoder_(wire::WebSocketDecoderOptions{.role = wire::WebSocketRole::kClient,
                                               .allow_compressed = true}) {}

  // The cores are driven from outside: nothing is to be remembered.
  void OnChange() override {}
  std::weak_ptr<mock::SessionPort> port() override { return {}; }

  void Open(mock::SessionOptions options, const std::optional<mock::DeflateTerms>& deflate,
            mock::TimePoint now, mock::Shard& shard) {
    core_ =
        std::make_unique<mock::WebSocketCore>(std::move(options), now, kCloseTimeout, shard, *this);
    if (deflate.has_value()) core_->StartDeflate(*deflate);
  }

  void Answer(const mock::HttpAnswer& answer, bool is_head) {
    ServerEvent event{.kind = ServerEvent::Kind::kResponse, .status = answer.status};
    event.headers = answer.headers;
    if (!is_head) {
      event.headers.emplace_back("content-length", std::to_string(answer.body.size()));
      event.data = answer.body;
    }
    events.push_back(std::move(event));
  }

  void Wait(std::shared_ptr<Exchange> exchange) { exchange_ = std::move(exchange); }
  Exchange* exchange() { return exchange_.get(); }

  void HangUp() {
    if (is_ended_) return;
    is_ended_ = true;
    events.push_back({.kind = ServerEvent::Kind::kTcpClose});
  }

  // The client went away: what would be sent to it goes nowhere.
  void Leave() { is_ended_ = true; }

  mock::WebSocketCore* core() { return is_ended_ ? nullptr : core_.get(); }

  void Flush(mock::TimePoint now) {
    if (exchange_ != nullptr) {
      const std::optional<mock::HttpAnswer> answer = exchange_->core->TakeAnswer();
      if (!answer.has_value()) return;
      Answer(*answer, false);
      exchange_.reset();
    }
    if (core() == nullptr) return;
    std::string out;
    core_->Flush(now, out);
    decoder_.Feed(out.data(), out.size());
    for (;;) {
      const wire::WebSocketEvent event = decoder_.Next();
      if (event.kind == wire::WebSocketEvent::Kind::kNeedInput) break;
      events.push_back(ToServerEvent(event));
    }
    if (core_->ending() == mock::WebSocketCore::Ending::kOpen) return;
    core_->OnClosed(now);
    HangUp();
  }

  std::deque<ServerEvent> events;

 private:
  static ServerEvent ToServerEvent(const wire::WebSocketEvent& event) {
    using Kind = wire::WebSocketEvent::Kind;
    ServerEvent out;
    out.data = std::string(event.data);
    out.close_code = event.close_code;
    out.compressed = event.compressed;
    switch (event.kind) {
      case Kind::kMessage:
        out.opcode = event.type == wire::FrameType::kText ? wire::WebSocketOpcode::kText
                                                          : wire::WebSocketOpcode::kBinary;
        break;
      case Kind::kPing: out.opcode = wire::WebSocketOpcode::kPing; break;
      case Kind::kPong: out.opcode = wire::WebSocketOpcode::kPong; break;
      case Kind::kClose:
      case Kind::kError:
      case Kind::kNeedInput: out.opcode = wire::WebSocketOpcode::kClose; break;
    }
    return out;
  }

  std::unique_ptr<mock::WebSocketCore> core_;
  std::shared_ptr<Exchange> exchange_;
  wire::WebSocketFrameDecoder decoder_;
  bool is_ended_ = false;
};

VirtualServer::VirtualServer(const GoldenCase& golden)
    : golden_(golden),
      endpoint_(SocketsOf(golden), golden.flavor,
                [this](const mock::HttpRequest& request, const mock::ConnectInfo& info) {
                  return mock::AnswerAdminRequest(*this, golden_.flavor, request, info);
                }) {}

VirtualServer::~VirtualServer() = default;

void VirtualServer::Request(const std::string& connection, const RawRequest& request) {
  auto& slot = connections_[connection];
  slot = std::make_unique<Connection>();
  mock::HttpRequest http{request.method, request.target, request.minor_version, {},
                         request.body,   false};
  for (const auto& [name, value] : request.headers) {
    http.headers.emplace_back(absl::AsciiStrToLower(name), value);
  }
  mock::ConnectInfo info = mock::Endpoint::Describe(http, next_id_);
  mock::HttpDecision decision = endpoint_.Decide(http, info);
  if (const auto* answer = std::get_if<mock::HttpAnswer>(&decision)) {
    slot->Answer(*answer, request.method == "HEAD");
  } else if (auto* upgrade = std::get_if<mock::Upgrade>(&decision)) {
    slot->events.push_back(
        {.kind = ServerEvent::Kind::kResponse, .status = 101, .headers = upgrade->headers});
    slot->Open(OptionsFor(*upgrade->socket, std::move(upgrade->admission)), upgrade->deflate, now_,
               shard_);
  } else if (const auto* long_poll = std::get_if<mock::LongPoll>(&decision)) {
    const auto exchange = std::make_shared<Exchange>(*this);
    exchange->core.emplace(*long_poll->socket, std::move(http), std::move(info),
                           static_cast<mock::LongPollHome&>(*this), exchange);
    exchange->core->Start(now_);
    slot->Wait(exchange);
  } else {
    slot->HangUp();
  }
  RunTurns();
}

mock::SessionOptions VirtualServer::OptionsFor(const mock::UserSocket& socket,
                                               mock::Admission admission) {
  mock::SessionOptions options;
  options.socket = &socket;
  options.version = admission.version;
  options.connection = next_id_++;
  options.assigns = std::move(admission.assigns);
  options.flavor = golden_.flavor;
  options.races = golden_.races;
  return options;
}

bool VirtualServer::StartSession(const mock::UserSocket& socket, const std::string& topic,
                                 mock::Admission admission) {
  const auto session = std::make_shared<Session>(*this, OptionsFor(socket, std::move(admission)));
  tokens_.Add(topic, session);
  sessions_.emplace(topic, session);
  return true;
}

void VirtualServer::Send(const std::string& connection, std::string_view bytes) {
  mock::WebSocketCore* core = connections_.at(connection)->core();
  if (core == nullptr) return;
  std::string buffer(bytes);
  core->OnBytes(now_, buffer.data(), buffer.size());
  RunTurns();
}

void VirtualServer::Disconnect(const std::string& connection) {
  Connection& target = *connections_.at(connection);
  target.core()->OnEof(now_);
  target.Leave();
  RunTurns();
}

void VirtualServer::FinishTurn() {
  do {
    shard_.FinishTurn(now_);
    for (const auto& [name, connection] : connections_) connection->Flush(now_);
    for (const auto& [topic, session] : sessions_) session->core.Flush(now_);
    std::erase_if(sessions_, [&](const auto& entry) {
      if (!entry.second->core.is_over()) return false;
      tokens_.Remove(entry.first);
      return true;
    });
  } while (!shard_.mailbox().empty());  // an end may give others work
}

void VirtualServer::RunTurns() {
  FinishTurn();
  while (!tasks_.empty()) {
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    task();
    FinishTurn();
  }
}

std::optional<mock::TimePoint> VirtualServer::NextDeadline() const {
  std::optional<mock::TimePoint> next;
  const auto consider = [&](std::optional<mock::TimePoint> deadline) {
    if (deadline.has_value()) next = next.has_value() ? std::min(*next, *deadline) : *deadline;
  };
  for (const auto& [name, connection] : connections_) {
    if (connection->core() != nullptr) consider(connection->core()->NextDeadline());
    if (connection->exchange() != nullptr) consider(connection->exchange()->core->NextDeadline());
  }
  for (const auto& [topic, session] : sessions_) consider(session->core.NextDeadline());
  return next;
}

void VirtualServer::RunUntil(mock::TimePoint time) {
  while (true) {
    const std::optional<mock::TimePoint> deadline = NextDeadline();
    if (!deadline.has_value() || *deadline > time) break;
    now_ = std::max(now_, *deadline);
    for (const auto& [name, connection] : connections_) {
      if (connection->core() != nullptr) connection->core()->OnDeadline(now_);
      if (connection->exchange() != nullptr) connection->exchange()->core->OnDeadline(now_);
      RunTurns();
    }
    for (const auto& [topic, session] : sessions_) session->core.OnDeadline(now_);
    RunTurns();
  }
  now_ = std::max(now_, time);
}

void VirtualServer::AdvanceTo(milliseconds time) { RunUntil(mock::TimePoint() + time); }

std::optional<ServerEvent> VirtualServer::Await(const std::string& connection) {
  const mock::TimePoint limit = now_ + kPatience;
  for (;;) {
    if (std::optional<ServerEvent> event = Poll(connection)) return event;
    const std::optional<mock::TimePoint> deadline = NextDeadline();
    if (!deadline.has_value() || *deadline > limit) return std::nullopt;
    RunUntil(*deadline);
  }
}

std::optional<ServerEvent> VirtualServer::Poll(const std::string& connection) {
  std::deque<ServerEvent>& events = connections_.at(connection)->events;
  if (events.empty()) return std::nullopt;
  ServerEvent event = std::move(events.front());
  events.pop_front();
  return event;
}

void VirtualServer::Broadcast(std::string_view topic, std::string_view event,
                              const mock::Json& payload) {
  const auto message = std::make_shared<const mock::BroadcastMessage>(
      std::string(topic), std::string(event), mock::Payload::Json(payload));
  static_cast<void>(shard_.Publish(message));
}

void VirtualServer::StopEndpoint(std::chrono::milliseconds /*delay*/) {
  Post([this] { StopServer(); });
}

void VirtualServer::StopServer() {
  for (const auto& [name, connection] : connections_) {
    if (connection->core() != nullptr) connection->core()->Shutdown(now_);
  }
  RunTurns();
}

}  // namespace phx::test
