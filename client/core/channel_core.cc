#include "client/core/channel_core.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "client/wire/events.h"
#include "client/wire/message.h"
#include "client/wire/reply.h"

namespace phx::core {
namespace {

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

wire::Reply Ok() { return {.status = wire::Text::Borrow("ok")}; }

bool SaysUnmatchedTopic(const wire::Reply& reply) {
  if (reply.status != "error") return false;
  const nlohmann::json& response = reply.response.json();
  return response.is_object() && response.value("reason", nlohmann::json()) == "unmatched topic";
}

}  // namespace

ChannelCore::ChannelCore(Context& context, ChannelId id, wire::Text topic)
    : context_(context), id_(id), topic_(std::move(topic)), pushes_(context, id, topic_) {}

// --- commands

void ChannelCore::SetJoinParams(wire::Payload params) {
  params.Own();
  params_ = std::make_unique<const wire::Payload>(std::move(params));
  asks_for_params_ = false;
}

void ChannelCore::AskForJoinParams() { asks_for_params_ = true; }

bool ChannelCore::Join(PushId push, Duration timeout) {
  const bool is_busy = state_ == ChannelState::kJoined || state_ == ChannelState::kJoining ||
                       state_ == ChannelState::kRemoved || join_after_leave_;
  if (is_busy) {
    const ChannelState state = join_after_leave_ ? ChannelState::kJoining : state_;
    const std::string why = absl::StrCat("join: already ", Abseil(ToString(state)));
    context_.actions.Add(PushDone{push, absl::FailedPreconditionError(Describe(why))});
    return false;
  }
  join_push_ = push;
  join_timeout_ = timeout;
  context_.NoteJoinTimeout(timeout);
  rejoin_tries_ = 0;
  may_rejoin_ = true;
  was_joined_ = false;
  if (state_ == ChannelState::kLeaving) {
    join_after_leave_ = true;
  } else {
    BeginJoin();
  }
  return true;
}

void ChannelCore::Leave(PushId push, Duration timeout) {
  if (state_ == ChannelState::kRemoved) {
    context_.actions.Add(PushDone{push, absl::FailedPreconditionError(Describe("leave: removed"))});
  } else if (state_ == ChannelState::kLeaving) {
    if (std::exchange(join_after_leave_, false)) {
      FinishJoin(absl::CancelledError(Describe("join: left")));
      pushes_.FailBuffered(absl::CancelledError(Describe("push: left")));
    }
    leaving_->pushes.push_back(push);
  } else if (!IsKnownToServer()) {
    LeaveLocally(push);
  } else {
    leaving_ = std::make_unique<Leaving>(Leaving{.ref = WriteLeave(), .pushes = {push}});
    EndJoinTurn();
    if (state_ == ChannelState::kJoining) {
      FinishJoin(absl::CancelledError(Describe("join: left")));
    }
    pushes_.FailBuffered(absl::CancelledError(Describe("push: left")));
    SetState(ChannelState::kLeaving, timeout);
  }
}

Ref ChannelCore::Push(PushId push, std::string_view event, wire::Payload&& payload,
                      Duration timeout) {
  if (state_ == ChannelState::kJoined) {
    return pushes_.Write(push, timeout, event, payload, join_ref_);
  }
  if (absl::Status status = CanPush(); !status.ok()) {
    pushes_.Tell(push, std::move(status));
    return Ref{};
  }
  pushes_.Buffer(push, timeout, event, std::move(payload));
  return Ref{};
}

absl::Status ChannelCore::CanPush() const {
  switch (state_) {
    case ChannelState::kJoined:
    case ChannelState::kJoining: return absl::OkStatus();
    case ChannelState::kErrored:
      if (may_rejoin_) return absl::OkStatus();
      return absl::FailedPreconditionError(Describe("push: the server refused the join"));
    case ChannelState::kLeaving:
      if (join_after_leave_) return absl::OkStatus();
      [[fallthrough]];
    case ChannelState::kClosed:
    case ChannelState::kRemoved:
      return absl::FailedPreconditionError(Describe(
          absl::StrCat("push: the channel is ", Abseil(ToString(state_)), "; join first")));
  }
  return absl::InternalError(Describe("push: no such state"));
}

std::vector<Ref> ChannelCore::Remove() {
  const absl::Status removed = absl::CancelledError(Describe("removed"));
  if (IsKnownToServer()) {
    WriteLeaveAndForget();
  } else if (state_ == ChannelState::kLeaving) {
    context_.OweClose(topic_, join_ref_);
  }
  EndJoinTurn();
  if (state_ == ChannelState::kJoining || join_after_leave_) FinishJoin(removed);
  TellLeavers(removed);
  join_after_leave_ = false;
  pushes_.FailInFlight(removed);
  pushes_.FailBuffered(removed);
  join_ref_ = Ref{};
  SetState(ChannelState::kRemoved);
  std::vector<Ref> registered = bindings_.Clear();
  const std::vector<Ref> hooks = hooks_.Clear();
  registered.insert(registered.end(), hooks.begin(), hooks.end());
  return registered;
}

// --- the socket

void ChannelCore::OnSocketOpen() {
  if (state_ == ChannelState::kErrored && may_rejoin_) {
    rejoin_tries_ = 0;
    BeginJoin();
  } else if (state_ == ChannelState::kJoining) {
    RequestJoinTurn();
  }
}

void ChannelCore::OnConnectionLost(ChannelErrored::Cause cause, std::string_view reason) {
  waits_for_turn_ = false;
  switch (state_) {
    case ChannelState::kJoined: return LoseJoin(cause, reason);
    case ChannelState::kJoining:
      // One that was not sent yet has lost nothing: it waits for the next connection.
      if (join_phase_ != JoinPhase::kWaiting) LoseJoin(cause, reason);
      return;
    case ChannelState::kLeaving:
      return FinishLeave(Ok());  // with the connection the server forgot the channel
    case ChannelState::kErrored:
      // What waits to rejoin waits for the socket now.
      if (status_.kind == ChannelStatus::Kind::kWaitingToRejoin) SetState(ChannelState::kErrored);
      return;
    case ChannelState::kClosed:
    case ChannelState::kRemoved: return;
  }
}

void ChannelCore::OnDisconnect() {
  pushes_.FailBuffered(absl::CancelledError(Describe("disconnected")));
  if (state_ == ChannelState::kLeaving) FinishLeave(Ok());               // perhaps joining now
  if (state_ == ChannelState::kJoining) join_phase_ = JoinPhase::kSent;  // nothing waits any more
  OnConnectionLost(ChannelErrored::Cause::kDisconnected, "Disconnect() was called");
}

void ChannelCore::OnMessage(const Inbound& inbound) {
  const wire::Message& message = inbound.message;
  if (!IsMember(inbound)) {
    ++context_.stats.stale_messages;
    Log(LogLevel::kDebug, "dropping outdated message");
    return;
  }
  const bool hears = state_ == ChannelState::kJoining || state_ == ChannelState::kJoined ||
                     state_ == ChannelState::kErrored;
  if (hears) {
    bindings_.ForEach(message.event, inbound.ref, [&](Ref binding) {
      context_.actions.Add(Dispatch{binding, &message});
    });
    // The protocol's own messages are no news to those who hear all events of a channel.
    if (inbound.kind == Inbound::Kind::kOfTheApplication) {
      hooks_.Notify(Hook::kMessage, &message, context_.actions);
    }
  }
  switch (inbound.kind) {
    case Inbound::Kind::kOfTheApplication: return;
    case Inbound::Kind::kReply: return OnReply(inbound);
    case Inbound::Kind::kClose:
      if (EndsOurJoin(inbound)) OnServerClose();
      return;
    case Inbound::Kind::kError:
      if (EndsOurJoin(inbound)) OnServerError(message);
      return;
  }
}

void ChannelCore::OnTimer() {
  switch (state_) {
    case ChannelState::kJoining: return OnJoinTimeout();
    case ChannelState::kErrored: return BeginJoin();
    case ChannelState::kLeaving:
      if (leave_answered_) return FinishLeave(Ok());
      context_.OweClose(topic_, join_ref_);
      return FinishLeave(absl::DeadlineExceededError(Describe("leave: no reply in time")));
    case ChannelState::kClosed:
    case ChannelState::kJoined:
    case ChannelState::kRemoved: return;
  }
}

// --- joining

void ChannelCore::BeginJoin() {
  join_phase_ = JoinPhase::kWaiting;
  SetState(ChannelState::kJoining, join_timeout_);
  if (context_.is_open()) RequestJoinTurn();
}

// A channel that stands in the queue already, for a join that it gave up, keeps its place.
void ChannelCore::RequestJoinTurn() {
  if (!std::exchange(waits_for_turn_, true)) context_.joins.Request(id_);
}

bool ChannelCore::OnJoinTurn() {
  waits_for_turn_ = false;
  if (state_ != ChannelState::kJoining || join_phase_ != JoinPhase::kWaiting) return false;
  has_join_turn_ = true;
  if (asks_for_params_) {
    join_phase_ = JoinPhase::kAsking;
    join_serial_ = ++context_.join_serial;
    context_.actions.Add(RequestJoinParams{id_, join_serial_});
  } else {
    params_ != nullptr ? WriteJoin(*params_) : WriteJoin(wire::Payload());
  }
  return true;
}

void ChannelCore::OnJoinParams(std::uint32_t serial, absl::StatusOr<wire::Payload> params) {
  const bool is_current = state_ == ChannelState::kJoining && join_phase_ == JoinPhase::kAsking &&
                          serial == join_serial_;
  if (!is_current) return;
  if (params.ok()) return WriteJoin(*params);
  Retry(params.status());
}

void ChannelCore::WriteJoin(const wire::Payload& params) {
  const Ref ref = context_.refs.Next();
  const RefText text(ref);
  const absl::Status sent = context_.Send(wire::Message{.join_ref = wire::Text::Borrow(text.view()),
                                                        .ref = wire::Text::Borrow(text.view()),
                                                        .topic = wire::Text::Borrow(topic_),
                                                        .event = wire::Text::Borrow(events::kJoin),
                                                        .payload = wire::Payload::Borrow(params)});
  if (!sent.ok()) {
    return Retry(absl::Status(sent.code(), Describe(absl::StrCat("join: ", sent.message()))));
  }
  join_ref_ = ref;
  join_phase_ = JoinPhase::kSent;
  SetState(ChannelState::kJoining, join_timeout_);
}

void ChannelCore::OnJoinReply(absl::StatusOr<wire::Reply> reply) {
  EndJoinTurn();
  if (!reply.ok()) {
    WriteLeaveAndForget();
    return Retry(reply.status());
  }
  if (reply->ok()) return OnJoinAccepted(*std::move(reply));
  OnJoinRefused(*std::move(reply));
}

void ChannelCore::OnJoinAccepted(wire::Reply reply) {
  SetState(ChannelState::kJoined);
  joined_at_ = context_.now;
  hooks_.Notify(Hook::kJoin,
                std::make_shared<const ChannelJoined>(
                    ChannelJoined{.reply = reply, .is_rejoin = was_joined_}),
                context_.actions);
  was_joined_ = true;
  FinishJoin(std::move(reply));
  pushes_.Flush(join_ref_);
}

void ChannelCore::OnJoinRefused(wire::Reply reply) {
  if (context_.options.should_rejoin != nullptr) {
    try {
      may_rejoin_ = context_.options.should_rejoin(reply);
    } catch (...) {
      // A policy that throws has no opinion: back off and try again.
    }
  }
  Log(LogLevel::kWarning, may_rejoin_ ? "join refused; will try again" : "join refused; giving up");
  if (may_rejoin_) return Retry(std::move(reply));
  join_ref_ = Ref{};
  FinishJoin(std::move(reply));
  pushes_.FailBuffered(
      absl::FailedPreconditionError(Describe("push: the server refused the join")));
  SetState(ChannelState::kErrored);
}

void ChannelCore::OnJoinTimeout() {
  const char* what = "not connected within ";
  if (join_phase_ == JoinPhase::kSent) {
    WriteLeaveAndForget();
    what = "no reply within ";
  } else if (join_phase_ == JoinPhase::kAsking) {
    what = "no params within ";
  } else if (context_.is_open()) {
    what = "other joins were under way for ";
  }
  Retry(absl::DeadlineExceededError(Describe(
      absl::StrCat("join: ", what, absl::FormatDuration(absl::FromChrono(join_timeout_))))));
}

// This join failed; the channel tries again later.
void ChannelCore::Retry(absl::StatusOr<wire::Reply> outcome) {
  EndJoinTurn();
  join_ref_ = Ref{};
  FinishJoin(std::move(outcome));
  SetState(ChannelState::kErrored, NextRejoin());
}

// How long to back off before the next join; nullopt: until the socket opens.
std::optional<Duration> ChannelCore::NextRejoin() {
  if (!context_.is_open()) return std::nullopt;
  ++rejoin_tries_;
  rejoin_wait_ = context_.jitter.Apply(
      BackoffAfter(context_.options.rejoin_after, DefaultRejoinAfter, rejoin_tries_));
  return rejoin_wait_;
}

void ChannelCore::LoseJoin(ChannelErrored::Cause cause, std::string_view reason) {
  const absl::Status lost(cause == ChannelErrored::Cause::kDisconnected
                              ? absl::StatusCode::kCancelled
                              : absl::StatusCode::kUnavailable,
                          Describe(absl::StrCat(Abseil(ToString(cause)), ": ", Abseil(reason))));
  // A channel that is lost right after each join must not be rejoined at full speed: the back-off
  // starts over only when a join has lasted.
  const bool has_lasted =
      state_ == ChannelState::kJoined && context_.now - joined_at_ >= rejoin_wait_;
  if (has_lasted) rejoin_tries_ = 0;
  EndJoinTurn();
  if (state_ == ChannelState::kJoining) FinishJoin(lost);
  pushes_.FailInFlight(lost);
  join_ref_ = Ref{};
  SetState(ChannelState::kErrored, NextRejoin());
  hooks_.Notify(Hook::kError,
                std::make_shared<const ChannelErrored>(
                    ChannelErrored{.cause = cause, .reason = std::string(reason)}),
                context_.actions);
}

void ChannelCore::FinishJoin(absl::StatusOr<wire::Reply> outcome) {
  if (join_push_ != kNobody) context_.actions.Add(JoinDone{join_push_, std::move(outcome)});
}

void ChannelCore::EndJoinTurn() {
  if (std::exchange(has_join_turn_, false)) context_.joins.Release();
}

// --- leaving

bool ChannelCore::IsKnownToServer() const {
  return context_.is_open() &&
         (state_ == ChannelState::kJoined ||
          (state_ == ChannelState::kJoining && join_phase_ == JoinPhase::kSent));
}

Ref ChannelCore::WriteLeave() {
  const Ref ref = context_.refs.Next();
  const RefText text(ref);
  const RefText join_ref(join_ref_);
  const absl::Status sent =
      context_.Send(wire::Message{.join_ref = wire::Text::Borrow(join_ref.view()),
                                  .ref = wire::Text::Borrow(text.view()),
                                  .topic = wire::Text::Borrow(topic_),
                                  .event = wire::Text::Borrow(events::kLeave)});
  if (!sent.ok()) Log(LogLevel::kError, "leave could not be sent: ", sent.message());
  return ref;
}

// Of a join that we gave up: the server may have accepted it, or may yet, and must not keep it.
void ChannelCore::WriteLeaveAndForget() {
  WriteLeave();
  context_.OweClose(topic_, join_ref_);
}

void ChannelCore::LeaveLocally(PushId push) {
  const absl::Status left = absl::CancelledError(Describe("left"));
  const bool was_open = state_ != ChannelState::kClosed;
  EndJoinTurn();
  if (state_ == ChannelState::kJoining) FinishJoin(left);
  context_.actions.Add(PushDone{push, Ok()});
  if (was_open) Close(ChannelClosed::Cause::kLeft);
}

void ChannelCore::FinishLeave(const absl::StatusOr<wire::Reply>& outcome) {
  TellLeavers(outcome);
  Close(ChannelClosed::Cause::kLeft);
  if (std::exchange(join_after_leave_, false)) BeginJoin();
}

// The leave, if one is under way, is over.
void ChannelCore::TellLeavers(const absl::StatusOr<wire::Reply>& outcome) {
  const std::unique_ptr<Leaving> leaving = std::move(leaving_);
  if (leaving == nullptr) return;
  for (const PushId push : leaving->pushes) context_.actions.Add(PushDone{push, outcome});
}

void ChannelCore::Close(ChannelClosed::Cause cause) {
  const absl::Status closed = absl::CancelledError(Describe("closed"));
  pushes_.FailInFlight(closed);
  if (!join_after_leave_) pushes_.FailBuffered(closed);
  join_ref_ = Ref{};
  leave_answered_ = false;
  was_joined_ = false;
  SetState(ChannelState::kClosed);
  hooks_.Notify(Hook::kClose, std::make_shared<const ChannelClosed>(ChannelClosed{.cause = cause}),
                context_.actions);
}

// --- what the server says

bool ChannelCore::IsMember(const Inbound& inbound) const {
  const wire::Message& message = inbound.message;
  if (!message.join_ref.has_value() || message.join_ref->empty()) return true;
  return !join_ref_.empty() && inbound.join_ref == join_ref_;
}

// Whether a phx_close or phx_error means the join that we hold. V2 says so by join_ref. V1 has
// none; there the ref, if any, is that of the join, and a message without one is believed only
// while there is something to end: a late one must not end the next join before that has begun.
// True only in state joining, joined or leaving.
bool ChannelCore::EndsOurJoin(const Inbound& inbound) const {
  const wire::Message& message = inbound.message;
  if (message.join_ref.has_value() && !message.join_ref->empty()) return true;
  if (message.ref.has_value()) return inbound.ref == join_ref_ && !join_ref_.empty();
  return state_ == ChannelState::kJoined || state_ == ChannelState::kLeaving;
}

void ChannelCore::OnReply(const Inbound& inbound) {
  const wire::Message& message = inbound.message;
  const Ref ref = inbound.ref;
  if (ref.empty()) return;
  absl::StatusOr<wire::Reply> reply = wire::ParseReply(message);
  if (!reply.ok()) {
    ++context_.stats.malformed_frames;
    Log(LogLevel::kWarning, reply.status().message());
  }
  if (state_ == ChannelState::kJoining && ref == join_ref_) {
    OnJoinReply(std::move(reply));
  } else if (state_ == ChannelState::kLeaving && ref == leaving_->ref) {
    // V2 names the join, and the leave is over. V1 does not: the phx_close that follows could not
    // be told from one of the next join, so it is awaited here.
    leave_answered_ = true;
    const bool is_over = message.join_ref.has_value() || !reply.ok() || !reply->ok();
    if (is_over) FinishLeave(reply);
  } else {
    const bool lost = !message.join_ref.has_value() && state_ == ChannelState::kJoined &&
                      reply.ok() && SaysUnmatchedTopic(*reply);
    if (pushes_.OnReply(ref, std::move(reply)) && lost) OnUnmatchedTopic();
  }
}

void ChannelCore::OnServerClose() {
  if (state_ == ChannelState::kLeaving) return FinishLeave(Ok());
  const absl::Status closed = absl::CancelledError(Describe("closed by the server"));
  EndJoinTurn();
  if (state_ == ChannelState::kJoining) FinishJoin(closed);
  Close(ChannelClosed::Cause::kServerClosed);
}

void ChannelCore::OnServerError(const wire::Message& message) {
  if (state_ == ChannelState::kLeaving) return FinishLeave(Ok());  // nothing is left to leave
  LoseJoin(ChannelErrored::Cause::kChannelCrashed, message.payload.text());
}

void ChannelCore::OnUnmatchedTopic() {
  LoseJoin(ChannelErrored::Cause::kUnmatchedTopic, "the server does not know this join");
}

// --- odds and ends

void ChannelCore::SetState(ChannelState state, std::optional<Duration> limit) {
  state_ = state;
  ChannelStatus status{.kind = KindOfStatus(limit.has_value())};
  if (limit.has_value()) {
    context_.StartChannelTimer(id_, *limit);
    status.until = DeadlineAfter(context_.now, *limit);
  } else {
    context_.StopChannelTimer(id_);
  }
  context_.actions.Add(ChannelChanged{id_, status, join_ref_});
  if (status == std::exchange(status_, status)) return;
  Log(LogLevel::kDebug, Abseil(ToString(status.kind)));
  if (!hooks_.Has(Hook::kStatus)) return;
  hooks_.Notify(Hook::kStatus, std::make_shared<const ChannelStatus>(status), context_.actions);
}

ChannelStatus::Kind ChannelCore::KindOfStatus(bool has_limit) const {
  using Kind = ChannelStatus::Kind;
  switch (state_) {
    case ChannelState::kClosed: return Kind::kClosed;
    case ChannelState::kJoining: return Kind::kJoining;
    case ChannelState::kJoined: return Kind::kJoined;
    case ChannelState::kErrored:
      if (!may_rejoin_) return Kind::kRefused;
      return has_limit ? Kind::kWaitingToRejoin : Kind::kWaitingForSocket;
    case ChannelState::kLeaving: return Kind::kLeaving;
    case ChannelState::kRemoved: break;
  }
  return Kind::kRemoved;
}

std::string ChannelCore::Describe(std::string_view what) const {
  return absl::StrCat("channel \"", Abseil(topic_), "\": ", Abseil(what));
}

}  // namespace phx::core
