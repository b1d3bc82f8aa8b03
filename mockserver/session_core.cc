#include "mockserver/session_core.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "client/wire/close_info.h"
#include "client/wire/events.h"
#include "client/wire/frame.h"
#include "client/wire/text.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/channel_process.h"
#include "mockserver/client_message.h"
#include "mockserver/frame_fault.h"
#include "mockserver/json_term.h"
#include "mockserver/mailbox.h"
#include "mockserver/races.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "mockserver/topic_pattern.h"

namespace phx::mock {
namespace {

constexpr std::string_view kOk = "ok";
constexpr std::string_view kError = "error";

Payload Reason(std::string_view reason) {
  return Payload::JsonText(R"({"reason":")" + std::string(reason) + R"("})");
}

bool Is(const JsonTerm& term, std::string_view characters) {
  return term.is_string() && term.text() == characters;
}

JsonTerm TopicOf(const ChannelProcess& channel) {
  return JsonTerm::String(wire::Text::Borrow(channel.topic()));
}

bool IsClosedByPhxClose(StopReason reason) {
  return reason != StopReason::kAbnormal && reason != StopReason::kCrash;
}

// A handler may end its channel for its own reasons only.
StopReason OwnReason(StopReason reason) {
  const bool is_foreign = reason == StopReason::kClosed || reason == StopReason::kDuplicateJoin;
  return is_foreign ? StopReason::kNormal : reason;
}

}  // namespace

SessionCore::SessionCore(SessionOptions options, Shard& shard, SessionHost& host)
    : options_(std::move(options)),
      shard_(shard),
      host_(host),
      gate_(options_.version, options_.faults, options_.connection, now_, shard.outboxes(), host),
      races_(options_.races, options_.connection) {
  if (!options_.socket->id) return;
  const std::string id = options_.socket->id(options_.assigns);
  if (!id.empty()) shard_.topics().Subscribe(id, *this);
}

SessionCore::~SessionCore() { OnClosed(now_); }

void SessionCore::SetFaults(std::shared_ptr<const Faults> faults) {
  gate_.SetFaults(faults);
  options_.faults = std::move(faults);
}

void SessionCore::OnClosed(TimePoint now) {
  now_ = now;
  gate_.Abandon();
  while (ChannelProcess* channel = channels_.FindAny()) {
    EndChannel(*channel, StopReason::kClosed);
  }
  channels_.DropUnjoined();
}

// Frames of the client.

void SessionCore::OnFrame(TimePoint now, wire::FrameView frame) {
  now_ = now;
  shard_.counters().frames_received.Add(1);
  if (gate_.is_stopped()) return;
  if (gate_.is_shut()) return gate_.Hold(frame);
  gate_.ForgetPassed();
  Handle(frame);
}

void SessionCore::Handle(wire::FrameView frame) {
  ClientMessage message;
  const absl::Status decoded = gate_.serializer().Decode(frame, message);
  if (decoded.ok()) {
    if (options_.observer != nullptr) {
      options_.observer->OnMessage(options_.connection, frame, message);
    }
    const FrameFault* fault = gate_.Judge(message.topic, message.event);
    if (fault == nullptr || !PlayFault(*fault, frame, message)) Dispatch(message);
    return;
  }
  if (options_.observer != nullptr) {
    options_.observer->OnMalformed(options_.connection, frame, decoded);
  }
  if (races_.Decide(RaceKind::kPushThenMalformed) != RaceOutcome::kLost) RunOwnMail();
  gate_.Stop({wire::close_code::kInternalError});
}

bool SessionCore::PlayFault(const FrameFault& fault, wire::FrameView frame,
                            const ClientMessage& message) {
  using Kind = FrameFault::Kind;
  switch (fault.kind) {
    case Kind::kDrop: return true;
    case Kind::kDuplicate: {
      ClientMessage first = message;
      Dispatch(first);
      return false;
    }
    case Kind::kDelay:
      AddTimer(now_ + fault.delay, {0, wire::Frame{frame.type, std::string(frame.data)}});
      return true;
    case Kind::kClose: gate_.Stop({fault.close_code}); return true;
    case Kind::kReset: gate_.Reset(); return true;
    case Kind::kReorder:
    case Kind::kTruncate:
    case Kind::kCorrupt:
    case Kind::kRef:
    case Kind::kStatus: return false;
  }
  return false;
}

// A frame that a fault has delayed meets no other.
void SessionCore::HandleDelayed(wire::Frame frame) {
  if (gate_.is_stopped()) return;
  const wire::FrameView view = late_frames_.emplace_back(std::move(frame)).view();
  if (gate_.is_shut()) return gate_.Hold(view);
  ClientMessage message;
  if (gate_.serializer().Decode(view, message).ok()) Dispatch(message);
}

void SessionCore::Dispatch(ClientMessage& message) {
  if (Is(message.topic, events::kPhoenixTopic) && Is(message.event, events::kHeartbeat)) {
    return AnswerHeartbeat(message);
  }
  if (Is(message.event, events::kJoin)) return HandleJoin(message);
  ChannelProcess* channel = channels_.FindTopic(message.topic);
  if (channel != nullptr && channel->has_mail()) {
    const RaceKind kind = channel->is_left() ? RaceKind::kLeaveThenPush : RaceKind::kPushThenPush;
    if (races_.Decide(kind) != RaceOutcome::kLost) {
      RunOwnMail();
      channel = channels_.FindTopic(message.topic);
    }
  }
  if (channel != nullptr) {
    HandleForChannel(*channel, std::move(message));
  } else {
    HandleUnjoined(message);
  }
}

void SessionCore::AnswerHeartbeat(const ClientMessage& message) {
  if (options_.faults->ignore_heartbeats) return;
  static_cast<void>(gate_.Reply(JsonTerm(), message.ref, message.topic, kOk, Payload()));
}

void SessionCore::HandleUnjoined(const ClientMessage& message) {
  if (Is(message.event, events::kLeave)) {
    static_cast<void>(gate_.Reply(message.join_ref, message.ref, message.topic, kOk, Payload()));
  } else {
    Refuse(JsonTerm(), message.ref, message.topic, "unmatched topic");
  }
}

void SessionCore::HandleForChannel(ChannelProcess& channel, ClientMessage&& message) {
  const bool is_leave = Is(message.event, events::kLeave);
  if (!AcceptsJoinRef(channel, message.join_ref, is_leave)) return;  // of a join that is over
  channel.OnPosted(is_leave);
  shard_.mailbox().Post(channel, *this, std::move(message));
}

bool SessionCore::AcceptsJoinRef(const ChannelProcess& channel, const JsonTerm& join_ref,
                                 bool is_leave) const {
  const JsonTerm& existing = channel.join_ref();
  const JoinRefCheck by_release =
      options_.flavor.is_17() ? JoinRefCheck::kPhoenix17 : JoinRefCheck::kPhoenix1812;
  switch (options_.socket->join_ref_check.value_or(by_release)) {
    case JoinRefCheck::kPhoenix1812: return join_ref.is_null() || join_ref == existing;
    case JoinRefCheck::kPhoenix183: return existing.is_null() || join_ref == existing;
    case JoinRefCheck::kPhoenix17: return !is_leave || existing.is_null() || join_ref == existing;
  }
  return true;
}

void SessionCore::Refuse(const JsonTerm& join_ref, const JsonTerm& ref, const JsonTerm& topic,
                         std::string_view reason) {
  static_cast<void>(gate_.Reply(join_ref, ref, topic, kError, Reason(reason)));
}

// Joins.

void SessionCore::HandleJoin(const ClientMessage& message) {
  if (options_.faults->ignore_joins) return;
  channels_.DropUnjoined(message.topic);  // a join that is not answered yet is given up
  ChannelProcess* old = channels_.FindTopic(message.topic);
  RaceOutcome race = RaceOutcome::kLost;
  if (old != nullptr && old->has_mail()) {
    race = races_.Decide(old->is_left() ? RaceKind::kLeaveThenJoin : RaceKind::kPushThenJoin);
    if (race == RaceOutcome::kHandled) {
      RunOwnMail();
      old = channels_.FindTopic(message.topic);
    }
  }
  if (old != nullptr) {
    Replace(*old, message, race);
  } else {
    StartJoin(message);
  }
}

void SessionCore::Replace(ChannelProcess& old, const ClientMessage& message, RaceOutcome race) {
  if (race != RaceOutcome::kLate) {
    const JsonTerm join_ref = old.join_ref();
    EndChannel(old, StopReason::kDuplicateJoin, Announcement::kByCaller);
    StartJoin(message);
    Announce(message.topic.text(), join_ref, StopReason::kDuplicateJoin);
    return;
  }
  const std::uint64_t id = old.id();
  channels_.AddUnjoined(Extract(old));
  StartJoin(message);
  RunOwnMail();
  if (ChannelProcess* still_there = channels_.FindId(id)) {
    EndChannel(*still_there, StopReason::kDuplicateJoin);
  }
}

void SessionCore::StartJoin(const ClientMessage& message) {
  const ChannelRoute* route = message.topic.is_string()
                                  ? FindRoute(options_.socket->channels, message.topic.text())
                                  : nullptr;
  if (route == nullptr) {
    // Phoenix logs the topic, and cannot turn a map into text.
    if (message.topic.is_object()) return gate_.Stop({wire::close_code::kInternalError});
    return Refuse(JsonTerm(), message.ref, message.topic, "unmatched topic");
  }
  if (channels_.joined_count() >= options_.socket->max_channels_per_transport) {
    return Refuse(message.join_ref, message.ref, message.topic, "too many channels joined");
  }
  auto channel =
      std::make_unique<ChannelProcess>(*this, next_channel_id_++, message, route->channel());
  std::optional<JoinResult> result = channel->Join(message.payload);
  if (!result.has_value()) return FinishJoin(std::move(channel), std::nullopt);
  if (result->is_answer() && options_.faults->delay_joins.has_value()) {
    JoinResult delayed = JoinAfter(*options_.faults->delay_joins, *std::move(result),
                                   options_.faults->delayed_joins_block_socket);
    return Park(std::move(channel), std::move(delayed));
  }
  if (result->is_answer()) {
    FinishJoin(std::move(channel), std::move(result));
  } else {
    Park(std::move(channel), *std::move(result));
  }
}

void SessionCore::Park(std::unique_ptr<ChannelProcess> channel, JoinResult result) {
  const std::uint64_t id = channel->id();
  if (result.blocks_socket) {
    gate_.Shut();
    shut_by_ = id;
  }
  if (result.kind == JoinResult::Kind::kNever) return;  // the topic stays unjoined
  channels_.AddUnjoined(std::move(channel));
  if (!result.delay.has_value()) return;
  const TimePoint at = now_ + *result.delay;
  JoinResult answer;
  answer.kind = result.delayed_kind;
  answer.payload = std::move(result.payload);
  answer.payload.Own();
  AddTimer(at, {id, std::move(answer)});
}

void SessionCore::AnswerJoin(TimePoint now, std::uint64_t channel_id,
                             std::optional<JoinResult> result) {
  now_ = now;
  std::unique_ptr<ChannelProcess> channel = channels_.ExtractUnjoined(channel_id);
  if (channel == nullptr || gate_.is_stopped()) return;
  if (shut_by_ != channel_id) return FinishJoin(std::move(channel), std::move(result));
  shut_by_ = 0;
  gate_.Open();
  FinishJoin(std::move(channel), std::move(result));
  gate_.PassWaiting([this](wire::FrameView frame) { Handle(frame); });
}

void SessionCore::FinishJoin(std::unique_ptr<ChannelProcess> channel,
                             std::optional<JoinResult> result) {
  const JsonTerm topic = TopicOf(*channel);
  if (!result.has_value()) {
    return Refuse(channel->join_ref(), channel->ref(), topic, "join crashed");
  }
  const bool is_ok = result->kind == JoinResult::Kind::kOk;
  const absl::Status sent = gate_.Reply(channel->join_ref(), channel->ref(), topic,
                                        is_ok ? kOk : kError, result->payload);
  // This reply is encoded by the socket, not by the channel: it is the socket that crashes.
  if (!sent.ok()) return gate_.Stop({wire::close_code::kInternalError});
  if (!is_ok) return;
  channel->BecomeJoined();
  shard_.topics().Subscribe(channel->topic(), *channel);
  channels_.AddJoined(std::move(channel));
}

// Channels at work.

void SessionCore::RunOwnMail() {
  while (std::optional<Mail> mail = shard_.mailbox().TakeOf(*this)) Deliver(now_, *mail);
}

void SessionCore::Deliver(TimePoint now, Mail& mail) {
  now_ = now;
  ChannelProcess& channel = *mail.to;
  const auto* message = std::get_if<ClientMessage>(&mail.content);
  if (message != nullptr) channel.OnDelivered(Is(message->event, events::kLeave));
  Conclude(channel, channel.Handle(mail), message);
}

void SessionCore::Conclude(ChannelProcess& channel, std::optional<Outcome> outcome,
                           const ClientMessage* message) {
  if (!outcome.has_value()) return EndChannel(channel, StopReason::kCrash);
  if (const std::optional<Outcome::Reply>& reply = outcome->reply; reply.has_value()) {
    const bool is_sent =
        message != nullptr &&
        gate_
            .Reply(channel.socket_join_ref(), message->ref, TopicOf(channel), reply->status,
                   reply->is_echo ? message->payload : reply->response)
            .ok();
    if (!is_sent) return EndChannel(channel, StopReason::kCrash);
  }
  if (outcome->stop.has_value()) EndChannel(channel, OwnReason(*outcome->stop));
}

void SessionCore::EndChannel(ChannelProcess& channel, StopReason reason,
                             Announcement announcement) {
  channel.Terminate(reason);
  const std::unique_ptr<ChannelProcess> ended = Extract(channel);
  shard_.mailbox().Forget(*ended);
  timers_.RemoveIf([&](const Timer& timer) { return timer.channel_id == ended->id(); });
  if (announcement == Announcement::kNow && reason != StopReason::kClosed) {
    Announce(ended->topic(), ended->join_ref(), reason);
  }
  ended->UntrackAll();
}

// Takes the channel from where it is kept; nothing reaches it by its topic any more.
std::unique_ptr<ChannelProcess> SessionCore::Extract(ChannelProcess& channel) {
  shard_.topics().Unsubscribe(channel);
  return channels_.Extract(channel);
}

void SessionCore::Announce(std::string_view topic, const JsonTerm& join_ref, StopReason reason) {
  static const Payload& crashed = *new Payload(Reason("channel_crash"));
  const bool is_close = IsClosedByPhxClose(reason);
  const bool is_explained = !is_close && !options_.flavor.is_17();
  static_cast<void>(gate_.Push(join_ref, join_ref, topic,
                               is_close ? events::kClose : events::kError,
                               is_explained ? crashed : Payload()));
}

absl::Status SessionCore::SendPush(const ChannelProcess& channel, std::string_view event,
                                   const Payload& payload) {
  return gate_.Push(channel.socket_join_ref(), JsonTerm(), channel.topic(), event, payload);
}

// Time.

void SessionCore::SendInfoAfter(const ChannelProcess& channel, Duration delay, Info info) {
  AddTimer(now_ + delay, {channel.id(), std::move(info)});
}

void SessionCore::SendReplyAfter(const ChannelProcess& channel, Duration delay,
                                 const ClientMessage& message, std::string_view status,
                                 Payload response) {
  AddTimer(now_ + delay, {channel.id(), LateReply{JsonTerm(message.ref), std::string(status),
                                                  std::move(response)}});
}

void SessionCore::AddTimer(TimePoint at, Timer timer) {
  timers_.Add(at, std::move(timer));
  if (timers_.NextDeadline() == at) host_.OnChange();
}

std::optional<TimePoint> SessionCore::NextDeadline() const {
  const std::optional<TimePoint> own = timers_.NextDeadline();
  const std::optional<TimePoint> gates = gate_.NextDeadline();
  if (own.has_value() && gates.has_value()) return std::min(*own, *gates);
  return own.has_value() ? own : gates;
}

void SessionCore::OnDeadline(TimePoint now) {
  now_ = now;
  late_frames_.clear();
  gate_.PassDelayed();
  while (std::optional<Timer> timer = timers_.TakeDue(now)) {
    if (auto* result = std::get_if<JoinResult>(&timer->what)) {
      AnswerJoin(now, timer->channel_id, std::move(*result));
    } else if (auto* frame = std::get_if<wire::Frame>(&timer->what)) {
      HandleDelayed(std::move(*frame));
    } else if (auto* info = std::get_if<Info>(&timer->what)) {
      SendInfo(now, timer->channel_id, std::move(*info));
    } else if (ChannelProcess* channel = channels_.FindId(timer->channel_id)) {
      auto& late = std::get<LateReply>(timer->what);
      const ClientMessage message{.ref = late.ref};
      Conclude(*channel, mock::Reply(late.status, std::move(late.response)), &message);
    }
  }
}

// Requests of others.

void SessionCore::ReplyLate(TimePoint now, const JsonTerm& join_ref, const JsonTerm& ref,
                            std::string_view topic, std::string_view status,
                            const Payload& response) {
  now_ = now;
  // Where Phoenix's reply/2 raises, it is in the caller; the channel does not notice.
  static_cast<void>(
      gate_.Reply(join_ref, ref, JsonTerm::String(wire::Text::Borrow(topic)), status, response));
}

void SessionCore::SendInfo(TimePoint now, std::uint64_t channel_id, Info info) {
  now_ = now;
  if (ChannelProcess* channel = channels_.FindId(channel_id)) channel->Send(std::move(info));
}

void SessionCore::PushFrom(TimePoint now, std::uint64_t channel_id, std::string_view event,
                           const Payload& payload) {
  now_ = now;
  ChannelProcess* channel = channels_.FindId(channel_id);
  if (channel == nullptr || !channel->is_joined()) return;
  if (!SendPush(*channel, event, payload).ok()) EndChannel(*channel, StopReason::kCrash);
}

void SessionCore::StopChannel(TimePoint now, std::uint64_t channel_id, StopReason reason) {
  now_ = now;
  ChannelProcess* channel = channels_.FindId(channel_id);
  if (channel != nullptr && channel->is_joined()) EndChannel(*channel, OwnReason(reason));
}

void SessionCore::StopTopic(TimePoint now, std::string_view topic, StopReason reason) {
  now_ = now;
  ChannelProcess* channel = channels_.FindTopic(JsonTerm::String(wire::Text::Borrow(topic)));
  if (channel != nullptr) EndChannel(*channel, reason);
}

absl::Status SessionCore::OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) {
  if (broadcast->event() == "disconnect") {
    gate_.Stop(
        {options_.flavor.is_17() ? wire::close_code::kNormal : wire::close_code::kGoingAway});
  }
  return absl::OkStatus();
}

}  // namespace phx::mock
