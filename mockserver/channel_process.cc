#include "mockserver/channel_process.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "client/wire/events.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"
#include "mockserver/json_string.h"
#include "mockserver/mailbox.h"
#include "mockserver/session_core.h"
#include "mockserver/topic_table.h"

namespace phx::mock {
namespace {

constexpr std::string_view kPresenceDiff = "presence_diff";

// Runs a function of the user's. nullopt if it threw: a crash.
template <typename Function>
auto Guarded(Function function) -> std::optional<decltype(function())> {
  try {
    return function();
  } catch (...) {
    return std::nullopt;
  }
}

void ThrowIfError(const absl::Status& status) {
  if (!status.ok()) throw ChannelError(std::string(status.message()));
}

}  // namespace

ChannelProcess::ChannelProcess(SessionCore& session, std::uint64_t id, const ClientMessage& join,
                               std::unique_ptr<Channel> channel)
    : session_(session),
      id_(id),
      topic_(join.topic.text()),
      join_ref_(join.join_ref),
      ref_(join.ref),
      channel_(std::move(channel)) {}

ChannelProcess::~ChannelProcess() {
  if (joined_) session_.shard().counters().channels.Add(-1);
}

std::optional<JoinResult> ChannelProcess::Join(const Payload& params) {
  joining_ = true;
  std::optional<JoinResult> result = Guarded([&] { return channel_->Join(*this, params); });
  joining_ = false;
  return result;
}

void ChannelProcess::BecomeJoined() {
  joined_ = true;
  session_.shard().counters().channels.Add(1);
  intercepts_ = channel_->intercepts();
  for (Info& info : std::exchange(early_infos_, {})) Send(std::move(info));
}

std::optional<Outcome> ChannelProcess::Handle(const Mail& mail) {
  return Guarded([&]() -> Outcome {
    if (const auto* message = std::get_if<ClientMessage>(&mail.content)) {
      return HandleMessage(*message);
    }
    if (const auto* info = std::get_if<Info>(&mail.content)) {
      return channel_->HandleInfo(*this, *info);
    }
    const auto& broadcast = *std::get<std::shared_ptr<const BroadcastMessage>>(mail.content);
    return channel_->HandleOut(*this, broadcast.event(), broadcast.payload());
  });
}

Outcome ChannelProcess::HandleMessage(const ClientMessage& message) {
  const std::string_view event = message.event.text();
  if (event == events::kLeave) return Stop(StopReason::kLeft, mock::Reply("ok"));
  // No clause of a handle_in matches an event that is not a string.
  if (!message.event.is_string()) throw ChannelError("an event that is not a string");
  message_ = &message;
  struct Reset {
    const ClientMessage*& message;
    ~Reset() { message = nullptr; }
  } reset{message_};
  return channel_->HandleIn(*this, event, message.payload);
}

void ChannelProcess::Terminate(StopReason reason) {
  static_cast<void>(Guarded([&] {
    channel_->Terminate(*this, reason);
    return true;
  }));
}

absl::Status ChannelProcess::OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) {
  if (std::find(intercepts_.begin(), intercepts_.end(), broadcast->event()) == intercepts_.end()) {
    return session_.SendBroadcast(*broadcast);
  }
  session_.shard().mailbox().Post({this, &session_, broadcast});
  return absl::OkStatus();
}

ConnectionId ChannelProcess::connection() const { return session_.options().connection; }

ProtocolVersion ChannelProcess::version() const { return session_.options().version; }

std::string ChannelProcess::join_ref_text() const {
  const JsonTerm& term = socket_join_ref();
  if (term.is_null()) return "null";
  std::string text;
  if (term.is_string()) {
    AppendJsonString(text, term.text());
  } else {
    text = term.text();
  }
  return text;
}

const Json& ChannelProcess::assigns() const {
  return assigns_ != nullptr ? *assigns_ : session_.options().assigns;
}

void ChannelProcess::Assign(std::string_view key, Json value) {
  if (assigns_ == nullptr) assigns_ = std::make_unique<Json>(session_.options().assigns);
  (*assigns_)[std::string(key)] = std::move(value);
}

void ChannelProcess::Push(std::string_view event, const Payload& payload) {
  if (!joined_) throw ChannelError("push before the join was answered");
  ThrowIfError(session_.SendPush(*this, event, payload));
}

void ChannelProcess::Broadcast(std::string_view event, const Payload& payload) {
  if (!joined_) throw ChannelError("broadcast before the join was answered");
  Publish(topic_, event, payload, nullptr);
}

void ChannelProcess::BroadcastFrom(std::string_view event, const Payload& payload) {
  if (!joined_) throw ChannelError("broadcast before the join was answered");
  Publish(topic_, event, payload, this);
}

void ChannelProcess::BroadcastTo(std::string_view topic, std::string_view event,
                                 const Payload& payload) {
  Publish(topic, event, payload, nullptr);
}

void ChannelProcess::Publish(std::string_view topic, std::string_view event, const Payload& payload,
                             const TopicTable::Member* except) {
  const auto broadcast =
      std::make_shared<const BroadcastMessage>(std::string(topic), std::string(event), payload);
  ThrowIfError(session_.shard().Publish(broadcast, except));
}

// Presence.

void ChannelProcess::Track(std::string_view key, Json meta) {
  if (!joined_) throw ChannelError("track before the join was answered");
  const std::optional<Json> diff = session_.shard().presences().Track(
      topic_, std::string(key), {connection(), id_}, std::move(meta));
  if (!diff.has_value()) throw ChannelError("already tracked: " + std::string(key));
  has_tracked_ = true;
  Publish(topic_, kPresenceDiff, Payload::Json(*diff), nullptr);
}

void ChannelProcess::UpdatePresence(std::string_view key, const std::function<Json(Json)>& change) {
  PublishDiff(
      session_.shard().presences().Update(topic_, std::string(key), {connection(), id_}, change),
      session_.DrawDiffOvertakes(PresenceChange::kUpdate));
}

void ChannelProcess::Untrack(std::string_view key) {
  PublishDiff(session_.shard().presences().Untrack(topic_, std::string(key), {connection(), id_}),
              session_.DrawDiffOvertakes(PresenceChange::kUntrack));
}

Json ChannelProcess::ListPresences() const { return session_.shard().presences().List(topic_); }

void ChannelProcess::UntrackAll() {
  if (!has_tracked_) return;
  std::optional<Json> diff = session_.shard().presences().UntrackAll(topic_, {connection(), id_});
  if (diff.has_value()) PublishDiff(std::move(diff), false);
}

// Phoenix's tracker tells the topic by a process of its own, which is slower than the handler's
// reply as a rule (races.h).
void ChannelProcess::PublishDiff(std::optional<Json> diff, bool overtakes) {
  if (!diff.has_value()) throw ChannelError("not tracked by this channel");
  if (overtakes) return Publish(topic_, kPresenceDiff, Payload::Json(*diff), nullptr);
  session_.shard().mailbox().Post({nullptr, nullptr,
                                   Publication{std::make_shared<const BroadcastMessage>(
                                       topic_, std::string(kPresenceDiff), Payload::Json(*diff))}});
}

// Messages to itself, and handles.

void ChannelProcess::Send(Info info) {
  info.payload.Own();  // it may be the payload of the message at hand
  if (joined_) {
    session_.shard().mailbox().Post({this, &session_, std::move(info)});
  } else {
    early_infos_.push_back(std::move(info));
  }
}

void ChannelProcess::SendAfter(Duration delay, Info info) {
  info.payload.Own();
  session_.SendInfoAfter(*this, delay, std::move(info));
}

void ChannelProcess::ReplyAfter(Duration delay, std::string_view status, Payload response) {
  response.Own();
  session_.SendReplyAfter(*this, delay, MessageAtHand("ReplyAfter()"), status, std::move(response));
}

SocketRef ChannelProcess::socket_ref() const {
  const ClientMessage& message = MessageAtHand("socket_ref()");
  return SocketRef(session_.host().port(), socket_join_ref(), message.ref, topic_);
}

JoinHandle ChannelProcess::join_handle() const {
  if (!joining_) throw ChannelError("join_handle() outside of Join()");
  return JoinHandle(session_.host().port(), id_);
}

ChannelRef ChannelProcess::self() const { return ChannelRef(session_.host().port(), id_); }

const ClientMessage& ChannelProcess::MessageAtHand(std::string_view wanted_by) const {
  if (message_ == nullptr) {
    throw ChannelError(std::string(wanted_by) + " outside of HandleIn()");
  }
  return *message_;
}

}  // namespace phx::mock
