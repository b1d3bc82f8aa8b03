#include "client/core/connection_core.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace phx::core {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

std::string Format(Duration duration) { return absl::FormatDuration(absl::FromChrono(duration)); }

std::string NextTry(const std::optional<Duration>& wait) {
  return wait.has_value() ? absl::StrCat("next try in ", Format(*wait)) : "not trying again";
}

// How logs and reasons put the end of a connection.
std::string Describe(const TransportClosed& closed) {
  if (!closed.status.ok()) return std::string(closed.status.message());
  std::string text = absl::StrCat("closed with code ", closed.info.code);
  if (!closed.info.reason.empty()) absl::StrAppend(&text, " \"", closed.info.reason, "\"");
  return text;
}

}  // namespace

// --- commands

void ConnectionCore::Connect() {
  is_wanted_ = true;
  const bool is_under_way = phase_ != Phase::kIdle || deadline_.has_value();
  if (!is_under_way) Dial();
}

std::optional<ConnectionCore::Loss> ConnectionCore::Disconnect(const wire::CloseInfo& info) {
  is_wanted_ = false;
  tries_ = 0;
  std::optional<Loss> loss;
  if (phase_ == Phase::kConnecting) {
    context_.actions.Add(AbandonTransport{generation_});
  } else if (phase_ == Phase::kOpen) {
    StartClosing(info, /*is_announced=*/false);
    loss = Loss{ChannelErrored::Cause::kDisconnected, "Disconnect() was called", nullptr};
  }
  Idle();
  AnnounceStatus();
  return loss;
}

std::optional<ConnectionCore::Loss> ConnectionCore::Reconnect() {
  if (!is_wanted_) return std::nullopt;
  tries_ = 0;
  return Redial("Reconnect() was called");
}

// --- the transport

void ConnectionCore::OnStage(Generation generation, ConnectStage stage, std::string_view detail) {
  if (generation != generation_ || phase_ != Phase::kConnecting) return;
  stage_ = stage;
  stage_detail_ = detail;
}

bool ConnectionCore::OnOpen(Generation generation, bool skip_heartbeat) {
  if (generation != generation_ || phase_ != Phase::kConnecting) return false;
  phase_ = Phase::kOpen;
  context_.open = generation;
  ++context_.stats.connects;
  context_.backlog = 0;
  std::string().swap(stage_detail_);
  deadline_.reset();
  context_.SetBeats(!skip_heartbeat && context_.options.heartbeat_interval > Duration::zero());
  ScheduleHeartbeat();
  context_.Log(LogLevel::kInfo, "transport", "connected to ", context_.endpoint);
  StartTrial();
  AnnounceStatus();
  return true;
}

std::optional<ConnectionCore::Loss> ConnectionCore::OnClosed(Generation generation,
                                                             TransportClosed closed) {
  if (closing_.has_value() && generation == closing_->generation) {
    EndClosing({.info = std::move(closed.info),
                .was_clean = closed.was_clean,
                .status = std::move(closed.status)});
    return std::nullopt;
  }
  if (generation != generation_ || phase_ == Phase::kIdle) return std::nullopt;
  if (phase_ == Phase::kConnecting) {
    FailAttempt(std::move(closed));
    return std::nullopt;
  }
  BecomeUnhealthy();
  Idle();
  ++context_.stats.lost_connections;
  SocketClosed report{.info = closed.info, .was_clean = closed.was_clean, .status = closed.status};
  report.reconnect_in = ScheduleReconnect(report, closed.retry_after);
  std::string reason = Describe(closed);
  context_.Log(LogLevel::kWarning, "transport", "connection to ", context_.endpoint,
               " ended: ", reason, "; ", NextTry(report.reconnect_in));
  AnnounceStatus();
  return Loss{ChannelErrored::Cause::kConnectionLost, std::move(reason),
              std::make_shared<const SocketClosed>(std::move(report))};
}

bool ConnectionCore::OnReply(Ref ref) {
  if (heartbeat_ref_.empty() || ref != heartbeat_ref_) return false;
  heartbeat_ref_ = Ref{};
  deadline_.reset();
  ScheduleHeartbeat();
  context_.stats.last_round_trip = context_.now - heartbeat_sent_at_;
  TellOfHeartbeat({.event = Heartbeat::Event::kOk, .round_trip = context_.stats.last_round_trip});
  OnProven();
  return true;
}

// --- time

std::optional<TimePoint> ConnectionCore::NextDeadline() const {
  std::optional<TimePoint> next = deadline_;
  const auto add = [&next](TimePoint deadline) {
    next = next ? std::min(*next, deadline) : deadline;
  };
  if (closing_.has_value()) add(closing_->deadline);
  if (phase_ == Phase::kOpen && choice_.ReturnAt()) add(*choice_.ReturnAt());
  return next;
}

std::optional<ConnectionCore::Loss> ConnectionCore::OnDeadline() {
  if (closing_.has_value() && closing_->deadline <= context_.now) AbandonClosing();
  if (phase_ == Phase::kOpen && choice_.ReturnAt() && *choice_.ReturnAt() <= context_.now) {
    return Redial("the first transport is tried again");
  }
  if (!deadline_.has_value() || *deadline_ > context_.now) return std::nullopt;
  switch (phase_) {
    case Phase::kIdle:
      ++context_.stats.reconnects;
      Dial();
      return std::nullopt;
    case Phase::kConnecting: {
      context_.actions.Add(AbandonTransport{generation_});
      FailAttempt({.info = {wire::close_code::kAbnormal, ""},
                   .status = absl::DeadlineExceededError(
                       absl::StrCat("connect to ", context_.endpoint, ": no success within ",
                                    Format(ConnectTimeout()), " (", WhatIsAwaited(), ")"))});
      return std::nullopt;
    }
    case Phase::kOpen: break;
  }
  if (!heartbeat_ref_.empty()) {
    ++context_.stats.heartbeats_timed_out;
    TellOfHeartbeat({.event = Heartbeat::Event::kTimeout});
    return GiveUp(
        ChannelErrored::Cause::kHeartbeatTimeout, "heartbeat timeout",
        absl::UnavailableError(absl::StrCat(context_.endpoint, ": heartbeat not answered within ",
                                            Format(heartbeat_patience_))));
  }
  const absl::Status sent = SendHeartbeat(context_.options.heartbeat_timeout);
  if (sent.ok()) return std::nullopt;
  return GiveUp(ChannelErrored::Cause::kConnectionLost, "heartbeat could not be sent", sent);
}

// --- steps

std::optional<ConnectionCore::Loss> ConnectionCore::Redial(const std::string& why) {
  std::optional<Loss> loss;
  if (phase_ == Phase::kConnecting) {
    context_.actions.Add(AbandonTransport{generation_});
  } else if (phase_ == Phase::kOpen) {
    StartClosing({wire::close_code::kNormal, "reconnect"}, /*is_announced=*/true);
    loss = Loss{
        ChannelErrored::Cause::kConnectionLost, why,
        std::make_shared<const SocketClosed>(SocketClosed{.info = {wire::close_code::kAbnormal, ""},
                                                          .status = absl::CancelledError(why),
                                                          .reconnect_in = Duration::zero()})};
  }
  Idle();
  Dial();
  return loss;
}

void ConnectionCore::Dial() {
  phase_ = Phase::kConnecting;
  is_healthy_ = false;
  const TransportKind before = choice_.current();
  const TransportKind transport = choice_.Choose(context_.now);
  if (transport != before) {
    context_.Log(LogLevel::kWarning, "transport",
                 transport == TransportKind::kFallback ? "falling back to the other transport for "
                                                       : "trying the first transport again for ",
                 context_.endpoint);
  }
  deadline_ = DeadlineAfter(context_.now, ConnectTimeout());
  stage_.reset();
  stage_detail_.clear();
  const bool is_announced = !closing_.has_value() || std::exchange(closing_->is_announced, true);
  if (!is_announced) {
    // Each OnOpen is followed by its own OnClose before the next OnOpen.
    AnnounceClosed({.info = {wire::close_code::kAbnormal, ""},
                    .status = absl::CancelledError("Connect() did not wait for the close"),
                    .reconnect_in = Duration::zero()});
  }
  context_.actions.Add(OpenTransport{++generation_, transport});
  AnnounceStatus();
}

Duration ConnectionCore::ConnectTimeout() const {
  const Duration timeout = context_.options.connect_timeout;
  const bool is_first_trial = choice_.is_on_trial() && !choice_.was_healthy();
  return is_first_trial ? std::min(timeout, context_.options.fallback->health_timeout) : timeout;
}

// The connection has opened. Whether anything gets through it must be known soon.
void ConnectionCore::StartTrial() {
  if (choice_.current() == TransportKind::kFallback) return BecomeHealthy();
  if (!choice_.is_on_trial()) return;
  const Duration timeout = choice_.was_healthy() ? context_.options.heartbeat_timeout
                                                 : context_.options.fallback->health_timeout;
  const absl::Status sent = SendHeartbeat(timeout);
  if (!sent.ok()) context_.Log(LogLevel::kWarning, "transport", "no heartbeat: ", sent.message());
}

void ConnectionCore::ScheduleHeartbeat() {
  if (context_.beats()) {
    deadline_ = DeadlineAfter(context_.now, context_.options.heartbeat_interval);
  }
}

void ConnectionCore::BecomeHealthy() {
  is_healthy_ = true;
  choice_.OnHealthy(context_.now);
  // Something else was answered: the trial's heartbeat is one like all others now.
  if (heartbeat_ref_.empty() || !choice_.is_on_trial()) return;
  heartbeat_patience_ = context_.options.heartbeat_timeout;
  deadline_ = DeadlineAfter(context_.now, heartbeat_patience_);
}

// The attempt is over.
void ConnectionCore::BecomeUnhealthy() {
  if (!is_healthy_) choice_.OnUnhealthy();
}

void ConnectionCore::Idle() {
  phase_ = Phase::kIdle;
  deadline_.reset();
  heartbeat_ref_ = Ref{};
  context_.open = 0;
}

void ConnectionCore::StartClosing(const wire::CloseInfo& info, bool is_announced) {
  if (closing_.has_value()) AbandonClosing();
  closing_ = Closing{generation_, DeadlineAfter(context_.now, context_.options.close_timeout),
                     is_announced};
  context_.actions.Add(CloseTransport{generation_, info});
}

// The peer takes too long to answer our close.
void ConnectionCore::AbandonClosing() {
  context_.actions.Add(AbandonTransport{closing_->generation});
  EndClosing({.info = {wire::close_code::kAbnormal, ""},
              .status = absl::DeadlineExceededError(
                  absl::StrCat(context_.endpoint, ": close not answered in time"))});
}

// A connection that was told to close is gone.
void ConnectionCore::EndClosing(SocketClosed closed) {
  const bool is_announced = closing_->is_announced;
  closing_.reset();
  AnnounceStatus();
  if (!is_announced) AnnounceClosed(std::move(closed));
}

void ConnectionCore::AnnounceClosed(SocketClosed closed) {
  context_.Log(LogLevel::kInfo, "transport", "disconnected from ", context_.endpoint);
  hooks_.Notify(Hook::kClose, std::make_shared<const SocketClosed>(std::move(closed)),
                context_.actions);
}

void ConnectionCore::FailAttempt(TransportClosed closed) {
  // A request that cannot be made says nothing of the network.
  if (!absl::IsInvalidArgument(closed.status)) BecomeUnhealthy();
  Idle();
  ++context_.stats.failed_connects;
  SocketClosed report{.info = closed.info, .status = closed.status};
  const std::optional<Duration> wait = ScheduleReconnect(report, closed.retry_after);
  context_.Log(LogLevel::kWarning, "transport", closed.status.message(), "; ", NextTry(wait));
  AnnounceStatus();
  hooks_.Notify(
      Hook::kError,
      std::make_shared<const SocketError>(SocketError{.status = std::move(closed.status),
                                                      .response = std::move(closed.response),
                                                      .stage = stage_,
                                                      .reconnect_in = wait}),
      context_.actions);
}

Duration ConnectionCore::WaitBeforeReconnect(std::optional<std::chrono::seconds> retry_after) {
  const Duration wait = context_.jitter.Apply(
      BackoffAfter(context_.options.reconnect_after, DefaultReconnectAfter, tries_ + 1));
  // Added, and not the larger of both: all clients that were given one date would come at once.
  // Compared in seconds: a transport of the user's may say more of them than a Duration holds.
  const Duration longest = std::max(context_.options.max_retry_after, Duration::zero());
  const std::chrono::seconds seconds =
      std::max(retry_after.value_or(std::chrono::seconds(0)), std::chrono::seconds(0));
  const bool is_too_long = seconds > std::chrono::floor<std::chrono::seconds>(longest);
  const Duration asked = is_too_long ? longest : Duration(seconds);
  return wait > Duration::max() - asked ? Duration::max() : wait + asked;
}

std::optional<Duration> ConnectionCore::ScheduleReconnect(
    SocketClosed& closed, std::optional<std::chrono::seconds> retry_after) {
  const Duration wait = WaitBeforeReconnect(retry_after);
  closed.reconnect_in = wait;
  if (!ShouldReconnect(closed)) {
    is_wanted_ = false;
    return std::nullopt;
  }
  ++tries_;
  deadline_ = DeadlineAfter(context_.now, wait);
  return wait;
}

bool ConnectionCore::ShouldReconnect(const SocketClosed& closed) const {
  if (context_.options.should_reconnect == nullptr) return true;
  try {
    return context_.options.should_reconnect(closed);
  } catch (...) {
    return true;  // a policy that throws has no opinion
  }
}

absl::Status ConnectionCore::SendHeartbeat(Duration timeout) {
  const absl::StatusOr<Ref> sent = context_.SendHeartbeat();
  if (!sent.ok()) return sent.status();
  heartbeat_ref_ = *sent;
  heartbeat_sent_at_ = context_.now;
  heartbeat_patience_ = timeout;
  deadline_ = DeadlineAfter(context_.now, timeout);
  ++context_.stats.heartbeats_sent;
  TellOfHeartbeat({.event = Heartbeat::Event::kSent});
  return absl::OkStatus();
}

std::string ConnectionCore::WhatIsAwaited() const {
  if (!stage_.has_value()) return "waiting for params and token";
  return absl::StrCat(Abseil(ToString(*stage_)), " ", stage_detail_);
}

void ConnectionCore::TellOfHeartbeat(const Heartbeat& heartbeat) {
  if (!hooks_.Has(Hook::kHeartbeat)) return;
  hooks_.Notify(Hook::kHeartbeat, std::make_shared<const Heartbeat>(heartbeat), context_.actions);
}

// Ends an open connection that is no good any more, and says goodbye to a peer that may not listen.
ConnectionCore::Loss ConnectionCore::GiveUp(ChannelErrored::Cause cause, std::string_view reason,
                                            absl::Status status) {
  BecomeUnhealthy();
  StartClosing({wire::close_code::kNormal, std::string(reason)}, /*is_announced=*/true);
  Idle();
  ++context_.stats.lost_connections;
  SocketClosed report{.info = {wire::close_code::kAbnormal, std::string(reason)},
                      .status = std::move(status)};
  report.reconnect_in = ScheduleReconnect(report);
  context_.Log(LogLevel::kWarning, "transport", report.status.message(), "; ",
               NextTry(report.reconnect_in));
  AnnounceStatus();
  return Loss{cause, std::string(reason), std::make_shared<const SocketClosed>(std::move(report))};
}

SocketStatus ConnectionCore::status() const {
  using Kind = SocketStatus::Kind;
  switch (phase_) {
    case Phase::kConnecting: return {.kind = Kind::kConnecting, .until = deadline_};
    case Phase::kOpen: return {.kind = Kind::kOpen};
    case Phase::kIdle: break;
  }
  const bool is_closing = closing_.has_value() && !closing_->is_announced;
  if (is_closing) return {.kind = Kind::kClosing, .until = closing_->deadline};
  if (deadline_.has_value()) return {.kind = Kind::kWaitingToReconnect, .until = deadline_};
  return {.kind = Kind::kDisconnected};
}

void ConnectionCore::AnnounceStatus() {
  const SocketStatus status = this->status();
  if (status == std::exchange(announced_, status)) return;
  context_.actions.Add(ConnectionChanged{status});
  if (!hooks_.Has(Hook::kStatus)) return;
  hooks_.Notify(Hook::kStatus, std::make_shared<const SocketStatus>(status), context_.actions);
}

}  // namespace phx::core
