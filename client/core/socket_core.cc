#include "client/core/socket_core.h"

#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "client/core/inbound.h"
#include "client/wire/ref.h"
#include "client/wire/reply.h"

namespace phx::core {
namespace {

// A serializer may be the user's, and user code may throw.
absl::Status Decode(const wire::Serializer& serializer, wire::FrameView frame,
                    wire::Message& message) {
  try {
    return serializer.DecodeTo(frame, message);
  } catch (const std::exception& error) {
    return absl::DataLossError(absl::StrCat("serializer threw: ", error.what()));
  } catch (...) {
    return absl::DataLossError("serializer threw");
  }
}

// Makes a message that must outlive its call own its bytes.
void Own(wire::Message& message) {
  if (message.join_ref.has_value()) message.join_ref->Own();
  if (message.ref.has_value()) message.ref->Own();
  message.topic.Own();
  message.event.Own();
  message.payload.Own();
}

}  // namespace

SocketCore::SocketCore(std::shared_ptr<const CoreOptions> options, std::string_view endpoint,
                       RefCounter& refs, std::uint64_t seed)
    : context_(std::move(options), endpoint, refs, seed),
      connection_(context_, hooks_),
      pings_(context_),
      by_topic_(0, {TopicOf{&channels_}}, {TopicOf{&channels_}}) {}

// --- the connection

void SocketCore::Connect(TimePoint now) {
  context_.now = now;
  connection_.Connect();
}

void SocketCore::Disconnect(TimePoint now, const wire::CloseInfo& info) {
  context_.now = now;
  connection_.Disconnect(info);
  pings_.Fail(absl::CancelledError("ping: Disconnect() was called"));
  DropSendBuffer();
  context_.joins.Clear();
  context_.owed_closes.Clear();
  for (const auto& channel : channels_) {
    if (channel != nullptr) channel->OnDisconnect();
  }
}

void SocketCore::Reconnect(TimePoint now) {
  context_.now = now;
  if (const auto loss = connection_.Reconnect(); loss.has_value()) Lose(*loss);
}

void SocketCore::Ping(TimePoint now, PingId ping) {
  context_.now = now;
  pings_.Start(ping);
}

// The channels hear of a loss first, the hooks of the socket last, as in phoenix.js.
void SocketCore::Lose(const ConnectionCore::Loss& loss) {
  context_.joins.Clear();
  context_.owed_closes.Clear();
  pings_.Fail(absl::UnavailableError(absl::StrCat("ping: ", loss.reason)));
  for (const auto& channel : channels_) {
    if (channel != nullptr) channel->OnConnectionLost(loss.cause, loss.reason);
  }
  if (loss.closed != nullptr) hooks_.Notify(Hook::kClose, loss.closed, context_.actions);
}

// --- channels

ChannelId SocketCore::AddChannel(wire::Text topic) {
  ChannelId id;
  if (free_channels_.empty()) {
    id = static_cast<ChannelId>(channels_.size());
    channels_.emplace_back();
  } else {
    id = free_channels_.back();
    free_channels_.pop_back();
  }
  channels_[id] = std::make_unique<ChannelCore>(context_, id, std::move(topic));
  by_topic_.insert(id);
  return id;
}

void SocketCore::SetJoinParams(ChannelId channel, wire::Payload params) {
  channels_[channel]->SetJoinParams(std::move(params));
}

void SocketCore::AskForJoinParams(ChannelId channel) { channels_[channel]->AskForJoinParams(); }

bool SocketCore::Join(TimePoint now, ChannelId channel, PushId push, Duration timeout) {
  context_.now = now;
  const bool is_accepted = channels_[channel]->Join(push, timeout);
  GrantJoinTurns();
  return is_accepted;
}

void SocketCore::Leave(TimePoint now, ChannelId channel, PushId push, Duration timeout) {
  context_.now = now;
  channels_[channel]->Leave(push, timeout);
  GrantJoinTurns();
}

Ref SocketCore::Push(TimePoint now, ChannelId channel, PushId push, std::string_view event,
                     wire::Payload&& payload, Duration timeout) {
  context_.now = now;
  return channels_[channel]->Push(push, event, std::move(payload), timeout);
}

void SocketCore::CancelBufferedPush(TimePoint now, ChannelId channel, PushId push) {
  if (channel >= channels_.size() || channels_[channel] == nullptr) return;
  context_.now = now;
  channels_[channel]->CancelBuffered(push);
}

std::vector<Ref> SocketCore::Remove(TimePoint now, ChannelId channel) {
  context_.now = now;
  std::vector<Ref> registered = channels_[channel]->Remove();
  by_topic_.erase(channel);
  channels_[channel].reset();
  removed_channels_.push_back(channel);
  GrantJoinTurns();
  return registered;
}

void SocketCore::GrantWaitingJoins() {
  while (const std::optional<ChannelId> id = context_.joins.Next()) {
    ChannelCore* channel = channels_[*id].get();
    if (channel == nullptr || !channel->OnJoinTurn()) context_.joins.Release();
  }
}

// --- what is to be done

std::optional<Action> SocketCore::PollAction() {
  std::optional<Action> action = context_.actions.Poll();
  if (!action.has_value() && !removed_channels_.empty()) ReuseRemovedChannels();
  return action;
}

void SocketCore::ReuseRemovedChannels() {
  free_channels_.insert(free_channels_.end(), removed_channels_.begin(), removed_channels_.end());
  removed_channels_.clear();
}

// --- messages without a channel

absl::Status SocketCore::Send(TimePoint now, wire::Message message) {
  context_.now = now;
  absl::Status sent = context_.is_open() ? SendNow(message) : BufferSend(std::move(message));
  if (!sent.ok()) ++context_.stats.dropped_messages;
  return sent;
}

absl::Status SocketCore::SendNow(const wire::Message& message) {
  if (context_.HasBacklogRoom()) return context_.Send(message);
  return absl::ResourceExhaustedError(
      absl::StrCat("send: the network has not taken ", context_.backlog, " bytes yet"));
}

absl::Status SocketCore::BufferSend(wire::Message message) {
  const bool is_full = send_buffer_.size() >= context_.options.max_send_buffer;
  const bool drops_oldest =
      context_.options.overflow == OverflowPolicy::kDropOldest && !send_buffer_.empty();
  if (is_full && !drops_oldest) {
    return absl::ResourceExhaustedError("send: not connected, and the send buffer is full");
  }
  Own(message);
  if (!is_full) {
    send_buffer_.push_back(std::move(message));
    return absl::OkStatus();
  }
  send_buffer_[oldest_send_] = std::move(message);
  oldest_send_ = (oldest_send_ + 1) % send_buffer_.size();
  ++context_.stats.dropped_messages;
  return absl::OkStatus();
}

void SocketCore::FlushSendBuffer() {
  const std::vector<wire::Message> messages = std::exchange(send_buffer_, {});
  const std::size_t oldest = std::exchange(oldest_send_, 0);
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const wire::Message& message = messages[(oldest + i) % messages.size()];
    const absl::Status sent = context_.Send(message);
    if (sent.ok()) continue;
    ++context_.stats.dropped_messages;
    context_.Log(LogLevel::kError, "push", "message for \"", message.topic.ToString(),
                 "\" dropped: ", sent.message());
  }
}

void SocketCore::DropSendBuffer() {
  if (send_buffer_.empty()) return;
  context_.Log(LogLevel::kWarning, "push", send_buffer_.size(),
               " messages dropped: Disconnect() was called");
  context_.stats.dropped_messages += send_buffer_.size();
  std::vector<wire::Message>().swap(send_buffer_);
  oldest_send_ = 0;
}

// --- how things are

SocketStats SocketCore::stats() const {
  SocketStats stats = context_.stats;
  stats.pushes_in_flight = context_.pushes.in_flight();
  stats.pushes_buffered = context_.pushes.buffered();
  stats.messages_buffered = send_buffer_.size();
  stats.backlog = context_.backlog;
  return stats;
}

// --- registrations

void SocketCore::On(ChannelId channel, std::string_view event, Ref binding, Ref filter) {
  channels_[channel]->bindings().Add(event, binding, filter);
}

void SocketCore::On(ChannelId channel, Hook hook, Ref binding) {
  channels_[channel]->hooks().Add(hook, binding);
}

void SocketCore::On(Hook hook, Ref binding) { hooks_.Add(hook, binding); }

void SocketCore::Off(ChannelId channel, Ref binding) {
  ChannelCore& core = *channels_[channel];
  if (!core.bindings().Remove(binding)) core.hooks().Remove(binding);
}

void SocketCore::Off(Ref binding) { hooks_.Remove(binding); }

std::vector<Ref> SocketCore::OffAll(ChannelId channel, std::string_view event) {
  return channels_[channel]->bindings().RemoveAll(event);
}

// --- what happens

void SocketCore::OnTransportStage(Generation generation, ConnectStage stage,
                                  std::string_view detail) {
  connection_.OnStage(generation, stage, detail);
}

void SocketCore::OnTransportOpen(TimePoint now, Generation generation,
                                 std::shared_ptr<const OpenInfo> info, bool skip_heartbeat) {
  context_.now = now;
  if (!connection_.OnOpen(generation, skip_heartbeat)) return;
  FlushSendBuffer();
  for (const auto& channel : channels_) {
    if (channel != nullptr) channel->OnSocketOpen();
  }
  GrantJoinTurns();
  hooks_.Notify(Hook::kOpen, std::move(info), context_.actions);
}

void SocketCore::OnTransportFrame(TimePoint now, Generation generation, wire::FrameView frame) {
  if (generation != context_.open) return;
  context_.now = now;
  ++context_.stats.frames_received;
  context_.stats.bytes_received += frame.data.size();
  wire::Message& message = context_.actions.inbound();
  const absl::Status decoded = Decode(*context_.options.serializer, frame, message);
  if (!decoded.ok()) {
    ++context_.stats.malformed_frames;
    context_.Log(LogLevel::kWarning, "receive", "frame skipped: ", decoded.message());
    return;
  }
  Route(message);
  GrantJoinTurns();
}

void SocketCore::Route(const wire::Message& message) {
  const Inbound inbound(message);
  if (inbound.kind == Inbound::Kind::kReply && message.ref.has_value()) {
    if (!connection_.OnReply(inbound.ref)) {
      pings_.OnReply(inbound.ref);
      connection_.OnProven();
    }
    if (context_.owed_closes.Has(message.topic, inbound.ref)) HearOfJoinGivenUp(inbound);
  }
  const bool names_no_join = !message.join_ref.has_value() && !message.ref.has_value();
  const bool is_owed = names_no_join && inbound.kind == Inbound::Kind::kClose &&
                       context_.owed_closes.Take(message.topic);  // hence none of the channel's
  ChannelCore* const channel = is_owed ? nullptr : FindChannel(message.topic);
  if (channel != nullptr) channel->OnMessage(inbound);
  hooks_.Notify(Hook::kMessage, &message, context_.actions);
}

// The late reply to a join that was given up.
void SocketCore::HearOfJoinGivenUp(const Inbound& inbound) {
  const absl::StatusOr<wire::Reply> reply = wire::ParseReply(inbound.message);
  const bool is_refused = reply.ok() && !reply->ok();
  if (is_refused) context_.owed_closes.Forgive(inbound.message.topic, inbound.ref);
}

ChannelCore* SocketCore::LookUpChannel(std::string_view topic) {
  const auto found = by_topic_.find(topic);
  if (found == by_topic_.end()) return nullptr;
  last_heard_ = *found;
  return channels_[last_heard_].get();
}

void SocketCore::OnTransportClosed(TimePoint now, Generation generation, TransportClosed closed) {
  context_.now = now;
  if (const auto loss = connection_.OnClosed(generation, std::move(closed)); loss.has_value()) {
    Lose(*loss);
  }
}

void SocketCore::OnJoinParams(TimePoint now, ChannelId channel, std::uint32_t serial,
                              absl::StatusOr<wire::Payload> params) {
  if (channel >= channels_.size() || channels_[channel] == nullptr) return;
  context_.now = now;
  channels_[channel]->OnJoinParams(serial, std::move(params));
  GrantJoinTurns();
}

std::optional<TimePoint> SocketCore::NextDeadline() {
  std::optional<TimePoint> next;
  for (const std::optional<TimePoint>& deadline :
       {connection_.NextDeadline(), pings_.NextDeadline(), context_.NextTimer()}) {
    if (deadline.has_value() && (!next.has_value() || *deadline < *next)) next = deadline;
  }
  return next;
}

void SocketCore::OnDeadline(TimePoint now) {
  context_.now = now;
  pings_.OnDeadline();
  if (const auto loss = connection_.OnDeadline(); loss.has_value()) Lose(*loss);
  const auto is_live = [this](const TimerKey& key) { return context_.IsLive(key); };
  // A timer that another one starts may be due at once. It has its turn in the next call, so that
  // this one ends.
  for (std::size_t left = context_.timers.size(); left > 0; --left) {
    const std::optional<TimerKey> key = context_.timers.PopDue(now, is_live);
    if (!key.has_value()) break;
    switch (key->owner) {
      case TimerKey::Owner::kPush:
        channels_[context_.pushes.at(key->index).channel]->OnPushTimeout(key->index);
        break;
      case TimerKey::Owner::kChannel: channels_[key->index]->OnTimer(); break;
    }
  }
  GrantJoinTurns();
}

}  // namespace phx::core
