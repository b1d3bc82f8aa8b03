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
#include "client/wire/websocket_frame_decoder.h"
#include "mockserver/broadcast_message.h"
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
      if (const auto self = weak.lock()) self->core().OnReply(self->server_.now_, reply);
    });
  }

  void Start(const mock::UserSocket& socket, mock::HttpRequest request, mock::ConnectInfo info) {
    core_.emplace(socket, std::move(request), std::move(info),
                  static_cast<mock::LongPollHome&>(server_), weak_from_this());
    core_->Start(server_.now_);
  }

  mock::LongPollExchange& core() { return *core_; }

 private:
  VirtualServer& server_;
  std::optional<mock::LongPollExchange> core_;
};

// A session of long polling.
class VirtualServer::Session final : public mock::SessionHost,
                                     public mock::LongPollCallee,
                                     public std::enable_shared_from_this<Session> {
 public:
  Session(VirtualServer& server, mock::SessionOptions options)
      : server_(server), core_(std::move(options), server.now_, server.shard_, *this) {}

  void OnChange() override {}
  std::weak_ptr<mock::SessionPort> port() override { return {}; }

  void Post(mock::LongPollCall call) override {
    server_.Post([weak = weak_from_this(), call = std::move(call)] {
      if (const auto self = weak.lock()) self->core_.OnCall(self->server_.now_, call);
    });
  }

  mock::LongPollCore& core() { return core_; }

 private:
  VirtualServer& server_;
  mock::LongPollCore core_;
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

  void Open(const mock::Upgrade& upgrade, mock::SessionOptions options, mock::TimePoint now,
            mock::Shard& shard) {
    events_.push_back(
        {.kind = ServerEvent::Kind::kResponse, .status = 101, .headers = upgrade.headers});
    core_ =
        std::make_unique<mock::WebSocketCore>(std::move(options), now, kCloseTimeout, shard, *this);
    if (upgrade.deflate.has_value()) core_->StartDeflate(*upgrade.deflate);
  }

  void Answer(const mock::HttpAnswer& answer, bool is_head) {
    ServerEvent event{.kind = ServerEvent::Kind::kResponse, .status = answer.status};
    event.headers = answer.headers;
    if (!is_head) {
      event.headers.emplace_back("content-length", std::to_string(answer.body.size()));
      event.data = answer.body;
    }
    events_.push_back(std::move(event));
  }

  void Wait(std::shared_ptr<Exchange> exchange) { exchange_ = std::move(exchange); }
  Exchange* exchange() { return exchange_.get(); }

  void HangUp() {
    if (is_ended_) return;
    is_ended_ = true;
    events_.push_back({.kind = ServerEvent::Kind::kTcpClose});
  }

  // The client went away: what would be sent to it goes nowhere.
  void Leave() { is_ended_ = true; }

  mock::WebSocketCore* core() { return is_ended_ ? nullptr : core_.get(); }

  void Flush(mock::TimePoint now) {
    if (exchange_ != nullptr) {
      const std::optional<mock::HttpAnswer> answer = exchange_->core().TakeAnswer();
      if (!answer.has_value()) return;
      Answer(*answer, false);
      exchange_.reset();
    }
    if (core() == nullptr) return;
    std::string out;
    core_->Flush(now, out);
    AppendFrames(decoder_, std::move(out), events_);
    if (core_->ending() == mock::WebSocketCore::Ending::kOpen) return;
    core_->OnClosed(now);
    HangUp();
  }

  // What has reached the client next, if anything.
  std::optional<ServerEvent> Take() {
    if (events_.empty()) return std::nullopt;
    ServerEvent event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::unique_ptr<mock::WebSocketCore> core_;
  std::shared_ptr<Exchange> exchange_;
  wire::WebSocketFrameDecoder decoder_;
  std::deque<ServerEvent> events_;
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
    slot->Open(*upgrade, OptionsFor(*upgrade->socket, std::move(upgrade->admission)), now_, shard_);
  } else if (const auto* long_poll = std::get_if<mock::LongPoll>(&decision)) {
    const auto exchange = std::make_shared<Exchange>(*this);
    exchange->Start(*long_poll->socket, std::move(http), std::move(info));
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
    for (const auto& [topic, session] : sessions_) session->core().Flush(now_);
    std::erase_if(sessions_, [&](const auto& entry) {
      if (!entry.second->core().is_over()) return false;
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
    if (connection->exchange() != nullptr) consider(connection->exchange()->core().NextDeadline());
  }
  for (const auto& [topic, session] : sessions_) consider(session->core().NextDeadline());
  return next;
}

void VirtualServer::RunUntil(mock::TimePoint time) {
  while (true) {
    const std::optional<mock::TimePoint> deadline = NextDeadline();
    if (!deadline.has_value() || *deadline > time) break;
    now_ = std::max(now_, *deadline);
    for (const auto& [name, connection] : connections_) {
      if (connection->core() != nullptr) connection->core()->OnDeadline(now_);
      if (connection->exchange() != nullptr) connection->exchange()->core().OnDeadline(now_);
      RunTurns();
    }
    for (const auto& [topic, session] : sessions_) session->core().OnDeadline(now_);
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
  return connections_.at(connection)->Take();
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
