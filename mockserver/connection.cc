#include "mockserver/connection.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/linger.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "mockserver/endpoint.h"
#include "mockserver/faults.h"
#include "mockserver/http_message.h"
#include "mockserver/long_poll_exchange.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/long_poll_session.h"
#include "mockserver/plug_answer.h"
#include "mockserver/session_core.h"
#include "mockserver/websocket_core.h"

namespace phx::mock {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using net::IoOutcome;

// Bandit's read timeout, for handshakes and between requests.
constexpr std::chrono::seconds kHttpTimeout{60};

// A peer that does not take its output is not read from any more, until it has taken most of it.
constexpr std::size_t kMaxUnwritten = 1 << 20;

// How much of the requests to come is kept while one is being answered.
constexpr std::size_t kMaxHeld = 64 << 10;

// How much of a client's frames waits for a join that keeps the socket from them. In Phoenix none
// is read meanwhile.
constexpr std::size_t kMaxHeldFrames = 1 << 20;

// A connection that is slow on purpose reads and writes once in so long.
constexpr std::chrono::milliseconds kTick{10};

std::size_t PerTick(std::uint32_t bytes_per_second) {
  constexpr std::uint32_t kTicks = std::chrono::seconds(1) / kTick;
  constexpr std::size_t kLargest = 64 << 10;  // fits the read buffer
  return std::min<std::size_t>(kLargest, std::max<std::uint32_t>(1, bytes_per_second / kTicks));
}

TimePoint Now() { return std::chrono::steady_clock::now(); }

}  // namespace

// A request of long polling that waits for its session, which may live on another thread.
class Connection::PendingExchange final : public LongPollCaller,
                                          public std::enable_shared_from_this<PendingExchange> {
 public:
  explicit PendingExchange(std::shared_ptr<ConnectionHome> home,
                           std::weak_ptr<Connection> connection)
      : home_(std::move(home)), connection_(std::move(connection)) {}

  void Post(LongPollReply reply) override {
    boost::asio::post(home_->context(), [weak = weak_from_this(), reply = std::move(reply)] {
      const std::shared_ptr<PendingExchange> self = weak.lock();
      if (self == nullptr) return;
      const std::shared_ptr<Connection> connection = self->connection_.lock();
      if (connection != nullptr) connection->OnReply(*self, reply);
    });
  }

  // Makes the exchange itself, whose replies come by way of this.
  LongPollExchange& Make(const UserSocket& socket, HttpRequest request, ConnectInfo info,
                         LongPollHome& home) {
    return exchange_.emplace(socket, std::move(request), std::move(info), home, weak_from_this());
  }
  LongPollExchange& exchange() { return *exchange_; }

  // Its answer, as long as a fault holds it back.
  std::optional<HttpAnswer>& answer() { return answer_; }

 private:
  const std::shared_ptr<ConnectionHome> home_;
  const std::weak_ptr<Connection> connection_;
  std::optional<LongPollExchange> exchange_;
  std::optional<HttpAnswer> answer_;
};

Connection::Connection(std::shared_ptr<ConnectionHome> home, std::shared_ptr<ServerContext> server,
                       ConnectionId id, tcp::socket socket)
    : home_(std::move(home)),
      server_(std::move(server)),
      id_(id),
      share_(server_->connections.Take()),
      stream_(std::move(socket)),
      timer_(home_->context()),
      read_pause_(home_->context()),
      write_pause_(home_->context()),
      faults_(server_->faults.Take()),
      http_(std::make_unique<HttpReader>(server_->limits)) {}

Connection::~Connection() = default;

void Connection::Start() {
  http_deadline_ = Now() + (share_ != nullptr ? kHttpTimeout : server_->close_timeout);
  SetTimer();
  if (!faults_->delay_handshake.has_value()) return Begin();
  read_pause_.expires_after(*faults_->delay_handshake);
  read_pause_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Connection> self = weak.lock();
    if (!error && self != nullptr && !self->gone_) self->Begin();
  });
}

void Connection::Begin() {
  if (faults_->drop_on_accept.has_value()) return DropConnection(*faults_->drop_on_accept);
  if (server_->tls.has_value() && !stream_.StartTls(*server_->tls).ok()) return Gone();
  ShakeHands();
}

void Connection::ShakeHands() {
  const net::IoResult result = stream_.TryHandshake();
  const auto retry = [self = shared_from_this()](error_code error) {
    if (!error) self->ShakeHands();
  };
  switch (result.outcome) {
    case IoOutcome::kDone: return WaitForInput();
    case IoOutcome::kWantRead: return stream_.AsyncWaitReadable(retry);
    case IoOutcome::kWantWrite: return stream_.AsyncWaitWritable(retry);
    case IoOutcome::kEof:
    case IoOutcome::kError: return Gone();
  }
}

// Input.

bool Connection::is_reading() const {
  if (gone_ || waits_for_input_ || pauses_reading_ || unsent_bytes() > kMaxUnwritten) return false;
  if (websocket_ == nullptr) return exchange_ == nullptr || http_->held() <= kMaxHeld;
  return !faults_->stop_reading && websocket_->session().held_input() <= kMaxHeldFrames;
}

void Connection::WaitForInput() {
  if (!is_reading()) return;
  waits_for_input_ = true;
  stream_.AsyncWaitReadable([self = shared_from_this()](error_code error) {
    self->waits_for_input_ = false;
    if (!error) self->OnReadable();
  });
}

void Connection::OnReadable() {
  if (!is_reading()) return;
  net::SharedReadBuffer buffer;
  const std::span<char> bytes = faults_->read_rate.has_value()
                                    ? buffer.bytes().first(PerTick(*faults_->read_rate))
                                    : buffer.bytes();
  const net::IoResult result = stream_.TryRead(bytes);
  switch (result.outcome) {
    case IoOutcome::kDone: OnBytes(buffer.bytes().data(), result.bytes); break;
    case IoOutcome::kWantRead: break;
    case IoOutcome::kWantWrite:  // TLS has something of its own to say first
      stream_.AsyncWaitWritable([self = shared_from_this()](error_code error) {
        if (!error) self->OnReadable();
      });
      return;
    case IoOutcome::kEof:
    case IoOutcome::kError: Gone(); break;
  }
  home_->FinishTurn();  // while the buffer is there
  if (faults_->read_rate.has_value()) PauseReading();
  WaitForInput();
}

void Connection::PauseReading() {
  if (gone_) return;
  pauses_reading_ = true;
  read_pause_.expires_after(kTick);
  read_pause_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Connection> self = weak.lock();
    if (error || self == nullptr) return;
    self->pauses_reading_ = false;
    self->WaitForInput();
  });
}

void Connection::OnBytes(char* data, std::size_t size) {
  if (websocket_ == nullptr) return OnHttpBytes({data, size});
  websocket_->OnBytes(Now(), data, size);
  // Also for what leaves no output, such as the end of a close handshake.
  OnChange();
}

// HTTP.

void Connection::OnHttpBytes(std::string_view bytes) {
  if (exchange_ != nullptr) return http_->Hold(bytes);
  for (;;) {
    absl::StatusOr<HttpRequest> request = http_->Next(bytes);
    if (!request.ok()) {
      ends_after_output_ = true;
      return Answer({.status = http_->failed_status()}, false);
    }
    if (request->method.empty()) {
      if (!http_->TakeExpectation()) return;
      output_.bytes() += kContinueAnswer;
      return OnChange();
    }
    request->secure = server_->tls.has_value();
    http_deadline_ = Now() + kHttpTimeout;
    // What came behind a request that upgrades is lost, as with Bandit: a client has to wait.
    if (!HandleRequest(*std::move(request))) return;
    bytes = {};
  }
}

bool Connection::HandleRequest(HttpRequest request) {
  ConnectInfo info = Endpoint::Describe(request, id_);
  if (server_->observer != nullptr) server_->observer->OnRequest(info);
  if (share_ == nullptr) {
    ends_after_output_ = true;
    Answer(WithAdapterHeaders(PlugAnswer(503, "The server has too many connections."),
                              server_->endpoint.flavor()),
           request.method == "HEAD");
    return false;
  }
  if (PlayRequestFaults()) return false;
  if (faults_->delay_answer.has_value()) write_not_before_ = Now() + *faults_->delay_answer;
  HttpDecision decision = server_->endpoint.Decide(request, info);
  if (auto* upgrade = std::get_if<Upgrade>(&decision)) {
    Open(std::move(*upgrade));
    return false;
  }
  if (const auto* long_poll = std::get_if<LongPoll>(&decision)) {
    StartExchange(*long_poll->socket, std::move(request), std::move(info));
    return false;
  }
  const auto* answer = std::get_if<HttpAnswer>(&decision);
  if (answer == nullptr) {
    EndGently();
    return false;
  }
  ends_after_output_ = http_->wants_close();
  Answer(*answer, request.method == "HEAD");
  return !ends_after_output_;
}

bool Connection::PlayRequestFaults() {
  if (faults_->drop_request.has_value()) {
    DropConnection(*faults_->drop_request);
    return true;
  }
  if (faults_->ignore_request) {
    http_deadline_.reset();
    return true;
  }
  if (faults_->refuse_upgrade.has_value()) {
    ends_after_output_ = http_->wants_close();
    Answer(*faults_->refuse_upgrade, false);
    return true;
  }
  return false;
}

void Connection::Answer(const HttpAnswer& answer, bool is_head) {
  if (server_->observer != nullptr) server_->observer->OnAnswer(id_, answer);
  output_.bytes() += ToBytes(answer, is_head);
  OnChange();
}

// Long polling.

void Connection::StartExchange(const UserSocket& socket, HttpRequest request, ConnectInfo info) {
  http_deadline_.reset();
  exchange_ = std::make_shared<PendingExchange>(home_, weak_from_this());
  LongPollExchange& exchange = exchange_->Make(socket, std::move(request), std::move(info), *this);
  exchange_->answer() = PlayExchangeFaults();
  if (!exchange_->answer().has_value()) exchange.Start(Now());
  SettleExchange();
  if (exchange_ != nullptr) SetTimer();
}

std::optional<HttpAnswer> Connection::PlayExchangeFaults() const {
  if (exchange_->exchange().is_post()) return faults_->answer_posts;
  return exchange_->exchange().is_poll() ? faults_->answer_polls : std::nullopt;
}

void Connection::OnReply(const PendingExchange& exchange, const LongPollReply& reply) {
  if (gone_ || exchange_.get() != &exchange) return;
  exchange_->exchange().OnReply(Now(), reply);
  SettleExchange();
  SetTimer();
  home_->FinishTurn();
  WaitForInput();
}

void Connection::SettleExchange() {
  if (exchange_ == nullptr) return;
  std::optional<HttpAnswer>& answer = exchange_->answer();
  if (!answer.has_value()) answer = exchange_->exchange().TakeAnswer();
  const bool is_held = faults_->hold_posts && exchange_->exchange().is_post();
  if (!answer.has_value() || is_held) return;
  ends_after_output_ = http_->wants_close();
  Answer(*std::exchange(exchange_, nullptr)->answer(), false);
  http_deadline_ = Now() + kHttpTimeout;
  if (!ends_after_output_) OnHttpBytes({});
}

bool Connection::StartSession(const UserSocket& socket, const std::string& topic,
                              Admission admission) {
  Quota::Share share = server_->longpoll_sessions.Take();
  if (share == nullptr) return false;
  auto session = std::make_shared<LongPollSession>(
      home_, server_, topic, std::move(share),
      OptionsFor(socket, server_->next_id++, std::move(admission)));
  session->Start();
  home_->Add(std::move(session));
  return true;
}

// WebSocket.

SessionOptions Connection::OptionsFor(const UserSocket& socket, ConnectionId id,
                                      Admission admission) const {
  SessionOptions options;
  options.socket = &socket;
  options.version = admission.version;
  options.connection = id;
  options.assigns = std::move(admission.assigns);
  options.flavor = server_->endpoint.flavor();
  options.races = server_->races;
  options.faults = faults_;
  options.observer = server_->observer.get();
  return options;
}

void Connection::Open(Upgrade upgrade) {
  output_.bytes() += ToBytes(upgrade);
  http_.reset();
  http_deadline_.reset();
  websocket_ = std::make_unique<WebSocketCore>(
      OptionsFor(*upgrade.socket, id_, std::move(upgrade.admission)), Now(), server_->close_timeout,
      home_->shard(), *this);
  if (upgrade.deflate.has_value()) websocket_->StartDeflate(*upgrade.deflate);
  if (server_->observer != nullptr) server_->observer->OnConnected(id_, "websocket");
  server_->open.Add(id_);
  OnChange();
  if (faults_->close_after_upgrade.has_value()) websocket_->Close(*faults_->close_after_upgrade);
  if (faults_->drop_after_upgrade.has_value()) {
    Write();
    DropConnection(*faults_->drop_after_upgrade);
  }
}

// Output.

void Connection::OnChange() { home_->MarkDirty(shared_from_this()); }

void Connection::Flush() {
  if (gone_) return;
  if (websocket_ != nullptr) websocket_->Flush(Now(), output_.bytes());
  Write();
  if (gone_) return;
  if (unsent_bytes() > server_->limits.max_unsent_bytes) {
    ++server_->slow_consumers;
    return DropConnection(Drop::kRst);
  }
  SetTimer();
  WaitForInput();  // what kept it from reading may be over
}

std::size_t Connection::unsent_bytes() const {
  const std::size_t held = websocket_ == nullptr ? 0 : websocket_->session().held_output();
  return output_.size() + paced_.size() + held;
}

void Connection::Write() {
  if (websocket_ != nullptr && websocket_->ending() == WebSocketCore::Ending::kDrop) return Gone();
  if (waits_to_write_ || PlayWriteFaults()) return;
  const net::IoResult result = output_.Write(stream_);
  if (result.would_block()) return WaitToWrite();
  if (result.outcome != IoOutcome::kDone) return Gone();
  if (!paced_.empty()) return WriteAfter(kTick);
  if (ends_after_output_) return EndGently();
  if (websocket_ == nullptr) return;
  switch (websocket_->ending()) {
    case WebSocketCore::Ending::kOpen: return;
    case WebSocketCore::Ending::kFinish: return EndGently();
    case WebSocketCore::Ending::kDrop: return Gone();
    case WebSocketCore::Ending::kReset: return DropConnection(Drop::kRst);
  }
}

bool Connection::PlayWriteFaults() {
  if (faults_->stop_writing || pauses_writing_) return true;
  if (write_not_before_.has_value()) {
    const Duration delay = *write_not_before_ - Now();
    if (delay > Duration::zero()) {
      WriteAfter(delay);
      return true;
    }
    write_not_before_.reset();
  }
  Pace();
  return false;
}

void Connection::Pace() {
  if (!faults_->write_rate.has_value()) {
    if (paced_.empty()) return;
    paced_ += output_.bytes();
    output_.Clear();
    output_.bytes() += std::exchange(paced_, {});
    return;
  }
  paced_ += output_.bytes();
  output_.Clear();
  const std::size_t size = std::min(paced_.size(), PerTick(*faults_->write_rate));
  output_.bytes().append(paced_, 0, size);
  paced_.erase(0, size);
}

void Connection::WriteAfter(Duration delay) {
  pauses_writing_ = true;
  write_pause_.expires_after(std::chrono::ceil<std::chrono::microseconds>(delay));
  write_pause_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Connection> self = weak.lock();
    if (error || self == nullptr || self->gone_) return;
    self->pauses_writing_ = false;
    self->Write();
    self->home_->FinishTurn();
  });
}

void Connection::WaitToWrite() {
  waits_to_write_ = true;
  stream_.AsyncWaitWritable([self = shared_from_this()](error_code error) {
    self->waits_to_write_ = false;
    if (error || self->gone_) return;
    self->Write();
    self->home_->FinishTurn();
    self->WaitForInput();
  });
}

// The end.

void Connection::EndGently() {
  if (gone_) return;
  stream_.socket().cancel();  // our waits
  net::CloseGently(std::move(stream_), server_->close_timeout);
  Gone();
}

void Connection::Gone() {
  if (gone_) return;
  gone_ = true;
  timer_.cancel();
  read_pause_.cancel();
  write_pause_.cancel();
  stream_.Close();
  exchange_.reset();
  share_.reset();
  if (websocket_ != nullptr) {
    websocket_->OnClosed(Now());
    server_->open.Remove(id_);
    if (server_->observer != nullptr) server_->observer->OnDisconnected(id_);
  }
  home_->Remove(id_);
}

void Connection::Shutdown() {
  if (websocket_ == nullptr) return EndGently();
  websocket_->Shutdown(Now());
  OnChange();
}

// Time.

std::optional<TimePoint> Connection::NextDeadline() const {
  if (websocket_ != nullptr) return websocket_->NextDeadline();
  return exchange_ != nullptr ? exchange_->exchange().NextDeadline() : http_deadline_;
}

void Connection::SetTimer() {
  const std::optional<TimePoint> deadline = NextDeadline();
  // A timer that goes off too early does no harm: it is set anew then. So it is left alone when, as
  // with every read, the deadline only moves away.
  if (!deadline.has_value() || (timer_at_.has_value() && *timer_at_ <= *deadline)) return;
  timer_at_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    const std::shared_ptr<Connection> self = weak.lock();
    if (!error && self != nullptr) self->OnTimer();
  });
}

void Connection::OnTimer() {
  timer_at_.reset();
  if (gone_) return;
  if (websocket_ != nullptr) {
    websocket_->OnDeadline(Now());
  } else if (exchange_ != nullptr) {
    exchange_->exchange().OnDeadline(Now());
    SettleExchange();
  } else if (http_deadline_.has_value() && Now() >= *http_deadline_) {
    EndGently();
  }
  if (!gone_) OnChange();
  home_->FinishTurn();
}

// Requests of tests.

void Connection::WithWebSocket(const std::function<void(WebSocketCore&)>& action) {
  if (!gone_ && websocket_ != nullptr) action(*websocket_);
}

void Connection::DropConnection(Drop how) {
  if (how == Drop::kFin) return EndGently();
  stream_.Reset();
  Gone();
}

void Connection::SetFaults(std::shared_ptr<const Faults> faults) {
  faults_ = std::move(faults);
  if (websocket_ != nullptr) websocket_->session().SetFaults(faults_);
  SettleExchange();
  OnChange();  // for what was kept back
  WaitForInput();
}

std::weak_ptr<SessionPort> Connection::port() { return weak_from_this(); }

void Connection::Post(Task task) {
  boost::asio::post(home_->context(), [weak = weak_from_this(), task = std::move(task)] {
    const std::shared_ptr<Connection> self = weak.lock();
    if (self == nullptr || self->gone_ || self->websocket_ == nullptr) return;
    task(self->websocket_->session(), Now());
    self->home_->FinishTurn();
  });
}

}  // namespace phx::mock
