#include "mockserver/long_poll_session.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "mockserver/long_poll_port.h"
#include "mockserver/session_core.h"

namespace phx::mock {
namespace {

TimePoint Now() { return std::chrono::steady_clock::now(); }

}  // namespace

LongPollSession::LongPollSession(std::shared_ptr<ConnectionHome> home,
                                 std::shared_ptr<ServerContext> server, std::string topic,
                                 Quota::Share share, SessionOptions options)
    : home_(std::move(home)),
      server_(std::move(server)),
      share_(std::move(share)),
      topic_(std::move(topic)),
      id_(options.connection),
      timer_(home_->context()),
      core_(std::move(options), Now(), home_->shard(), *this) {}

void LongPollSession::Start() {
  server_->sessions.Add(topic_, weak_from_this());
  server_->open.Add(id_);
  if (server_->observer != nullptr) server_->observer->OnConnected(id_, "longpoll");
  SetTimer();
}

void LongPollSession::SetFaults(std::shared_ptr<const Faults> faults) {
  core_.session().SetFaults(std::move(faults));
}

void LongPollSession::SendFrame(wire::FrameView frame) { core_.session().outbox().AddFrame(frame); }

void LongPollSession::End() {
  core_.End(Now());
  Gone();
}

void LongPollSession::Flush() {
  if (gone_) return;
  core_.Flush(Now());
  if (core_.is_over()) return Gone();
  if (core_.unsent_bytes() > server_->limits.max_unsent_bytes) {
    ++server_->slow_consumers;
    return End();
  }
  SetTimer();
}

void LongPollSession::OnChange() {
  if (!gone_) home_->MarkDirty(shared_from_this());
}

std::weak_ptr<SessionPort> LongPollSession::port() { return weak_from_this(); }

void LongPollSession::Post(Task task) {
  boost::asio::post(home_->context(), [weak = weak_from_this(), task = std::move(task)] {
    const std::shared_ptr<LongPollSession> self = weak.lock();
    if (self == nullptr || self->gone_) return;
    task(self->core_.session(), Now());
    self->home_->FinishTurn();
  });
}

void LongPollSession::Post(LongPollCall call) {
  boost::asio::post(home_->context(), [weak = weak_from_this(), call = std::move(call)] {
    const std::shared_ptr<LongPollSession> self = weak.lock();
    if (self == nullptr || self->gone_) return;
    self->core_.OnCall(Now(), call);
    self->OnChange();
    self->home_->FinishTurn();
  });
}

void LongPollSession::SetTimer() {
  const std::optional<TimePoint> deadline = core_.NextDeadline();
  if (!deadline.has_value() || (timer_at_.has_value() && *timer_at_ <= *deadline)) return;
  timer_at_ = deadline;
  timer_.expires_at(*deadline);
  timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
    const std::shared_ptr<LongPollSession> self = weak.lock();
    if (error || self == nullptr || self->gone_) return;
    self->timer_at_.reset();
    self->core_.OnDeadline(Now());
    self->OnChange();
    self->home_->FinishTurn();
  });
}

void LongPollSession::Gone() {
  if (gone_) return;
  gone_ = true;
  timer_.cancel();
  share_.reset();
  server_->sessions.Remove(topic_);
  server_->open.Remove(id_);
  if (server_->observer != nullptr) server_->observer->OnDisconnected(id_);
  home_->Remove(id_);
}

}  // namespace phx::mock
