#include "loadgen/user.h"

#include <cstddef>
#include <string_view>
#include <utility>

#include "absl/strings/string_view.h"
#include "boost/asio/dispatch.hpp"
#include "loadgen/broadcast_stamp.h"
#include "loadgen/broadcast_tally.h"
#include "loadgen/diagnosis.h"
#include "loadgen/payload_maker.h"
#include "loadgen/workload.h"

namespace phx::loadgen {
namespace {

bool Succeeded(const absl::StatusOr<Reply>& outcome) { return outcome.ok() && outcome->ok(); }

}  // namespace

User::User(const UserSettings& settings, std::uint64_t number, UserEvents& events)
    : settings_(settings),
      number_(number),
      events_(events),
      socket_(settings.executor, settings.sockets.UrlOf(number),
              settings.sockets.OptionsOf(number)),
      strand_(socket_.get_executor()),
      random_(MixSeed(settings.plan.seed, number)) {}

void User::Open(Duration intended) {
  socket_.OnOpen([this, intended](const OpenInfo& info) { OnOpen(intended, info); });
  socket_.OnError([this](const SocketError& error) { OnConnectFailed(error); });
  socket_.OnClose([this](const SocketClosed& closed) { OnConnectionClosed(closed); });
  socket_.OnHeartbeat([this](const Heartbeat& heartbeat) { OnHeartbeat(heartbeat); });
  const absl::Status status = socket_.Connect();
  if (!status.ok()) OnConnectFailed({.status = status});
}

void User::OnOpen(Duration intended, const OpenInfo& info) {
  if (std::exchange(was_open_, true)) return OnReopened();
  events_.OnConnected(intended, info.timings);
  Prepare(settings_.kind.channels);
  JoinMore();
}

// Makes room for what the workload keeps of each channel.
void User::Prepare(std::uint64_t channels) {
  channels_.reserve(channels);
  if (settings_.kind.leaves) {
    is_churning_.resize(channels);
    is_left_.resize(channels);
    socket_.OnMessage([this](const Message& message) { OnMessage(message); });
  }
  if (settings_.kind.workload == Workload::kBroadcast) sent_.resize(channels);
  if (!settings_.kind.hears.empty()) {
    heard_.resize(channels);
    ledgers_.resize(channels);
  }
}

void User::OnReopened() {
  if (is_closing_ || !lost_at_.has_value()) return;
  events_.OnReconnected(*std::exchange(lost_at_, std::nullopt));
}

void User::OnConnectFailed(const SocketError& error) {
  if (is_closing_) return;
  if (was_open_) return events_.OnReconnectFailed(Diagnose(error));
  events_.OnFailure(Diagnose(error), 1);
  socket_.Disconnect();  // one that was never open is given up, also where others reconnect
  FinishSetUp();
}

void User::OnConnectionClosed(const SocketClosed& closed) {
  if (is_closing_) return;
  const Failure failure = Diagnose(closed, std::exchange(missed_heartbeat_, false));
  if (settings_.plan.reconnect) {
    lost_at_ = events_.Now();
    return events_.OnLost(failure);
  }
  events_.OnFailure(failure, 1);
  FinishSetUp();
}

void User::OnHeartbeat(const Heartbeat& heartbeat) {
  missed_heartbeat_ = heartbeat.event == Heartbeat::Event::kTimeout;
  if (heartbeat.event == Heartbeat::Event::kOk) events_.OnHeartbeat(heartbeat.round_trip);
}

void User::OnChannelErrored(std::uint64_t channel, const ChannelErrored& errored) {
  if (is_closing_) return;
  if (settings_.plan.reconnect) OnJoinLost(channel);
  switch (errored.cause) {
    case ChannelErrored::Cause::kChannelCrashed:
    case ChannelErrored::Cause::kUnmatchedTopic: return events_.OnFailure(Diagnose(errored), 1);
    case ChannelErrored::Cause::kConnectionLost:
    case ChannelErrored::Cause::kHeartbeatTimeout:
    case ChannelErrored::Cause::kDisconnected: return;  // counted once, as the connection's failure
  }
}

void User::OnJoinLost(std::uint64_t channel) {
  join_lost_at_.resize(settings_.kind.channels);
  if (join_lost_at_[channel].has_value()) return;  // and not been joined since
  join_lost_at_[channel] = events_.Now();
  events_.OnJoinLost();
}

void User::OnJoined(std::uint64_t channel) {
  if (is_closing_ || channel >= join_lost_at_.size() || !join_lost_at_[channel].has_value()) return;
  events_.OnRejoined(*std::exchange(join_lost_at_[channel], std::nullopt));
}

// Of churn: who has left a channel is to hear nothing more of it, neither before it is joined again
// nor, from the earlier join, after that.
void User::OnMessage(const Message& message) {
  if (is_closing_ || std::string_view(message.event).starts_with("phx_")) return;
  const std::string_view topic = message.topic;
  const auto found = by_topic_.find(absl::string_view(topic.data(), topic.size()));
  if (found == by_topic_.end()) return;
  const Channel& channel = channels_[found->second];
  const bool is_of_earlier_join = message.join_ref.has_value() && channel.is_joined() &&
                                  *message.join_ref != channel.join_ref().ToString();
  if (is_left_[found->second] || is_of_earlier_join) events_.OnAfterLeave();
}

UserTemplate::Values User::ValuesOf(std::uint64_t channel) const {
  return settings_.kind.ValuesOf(number_, channel + 1);
}

JoinParams User::JoinParamsOf(std::uint64_t channel, std::string_view data) const {
  UserTemplate::Values values = ValuesOf(channel);
  values.data = data;
  return nlohmann::json::parse(settings_.kind.join_params.Expand(values));
}

void User::AddChannel() {
  const std::uint64_t number = channels_.size() + 1;
  channels_.push_back(
      socket_.Channel(settings_.kind.topic.Expand(ValuesOf(number - 1)), JoinParamsOf(number - 1)));
  const Channel& channel = channels_.back();
  if (settings_.kind.leaves) by_topic_.emplace(channel.topic(), number - 1);
  if (settings_.kind.sees_presences) {
    channel.On("presence_diff", [this](const Message& message) { SeePresences(message); });
  }
  channel.OnError([this, index = number - 1](const ChannelErrored& errored) {
    OnChannelErrored(index, errored);
  });
  if (settings_.plan.reconnect) {
    channel.OnJoin([this, index = number - 1](const ChannelJoined&) { OnJoined(index); });
  }
  channel.OnClose([this](const ChannelClosed& closed) {
    if (is_closing_ || closed.cause != ChannelClosed::Cause::kServerClosed) return;
    events_.OnFailure({.stage = Stage::kChannel,
                       .cause = Cause::kClosed,
                       .kind = "closed",
                       .message = "closed by the server"},
                      1);
  });
  Hear(number - 1);
}

void User::Hear(std::uint64_t channel) {
  const UserKind& kind = settings_.kind;
  for (const std::string& event : kind.hears) {
    channels_[channel].On(event,
                          [this, channel](const Message& message) { Receive(channel, message); });
  }
  if (kind.hears.empty()) return;
  const bool is_own = kind.topic.Has(UserTemplate::Placeholder::kConnection);
  heard_[channel] =
      is_own ? BroadcastTally::kOwnTopics : events_.TallyIndex(channels_[channel].topic());
}

// More than the client lets be under way would wait inside it, and count as slow joins.
void User::JoinMore() {
  while (channels_.size() < settings_.kind.channels &&
         channels_.size() < joins_answered_ + kJoinsAtATime) {
    AddChannel();
    events_.OnJoinStarted();
    Join();
  }
  if (joins_answered_ == settings_.kind.channels) FinishSetUp();
}

void User::Join() {
  joins_.push_back(channels_.back().Join());
  joins_.back().AsyncWait([this, channel = joins_.size() - 1,
                           started = events_.Now()](const absl::StatusOr<Reply>& outcome) {
    if (is_closing_) return;
    if (!settings_.kind.leaves) AwaitRejoin(channel);
    OnJoinOutcome(started, outcome);
  });
}

void User::OnJoinOutcome(Duration started, const absl::StatusOr<Reply>& outcome) {
  if (Succeeded(outcome)) {
    events_.OnJoined(started);
  } else {
    events_.OnFailure(Diagnose(Stage::kJoin, outcome), 1);
  }
  ++joins_answered_;
  if (!is_set_up_) JoinMore();
}

void User::AwaitRejoin(std::uint64_t channel) {
  joins_[channel].AsyncWait([this, channel](const absl::StatusOr<Reply>& outcome) {
    const bool is_over = absl::IsCancelled(outcome.status());  // it does not join again by itself
    if (is_closing_ || is_over) return;
    AwaitRejoin(channel);
    const bool is_lost = absl::IsUnavailable(outcome.status());
    if (is_lost && settings_.plan.reconnect) return;  // counted with its connection
    if (!Succeeded(outcome)) events_.OnFailure(Diagnose(Stage::kJoin, outcome), 1);
  });
}

void User::FinishSetUp() {
  if (is_set_up_) return;
  is_set_up_ = true;
  events_.OnSetUp();
}

StartResult User::Start(std::uint64_t channel, Duration intended) {
  const Workload workload = settings_.kind.workload;
  if (channel < is_churning_.size() && is_churning_[channel]) {
    return StartResult::kBusy;
  }
  if (!is_joined(channel)) return StartResult::kDown;
  const std::uint64_t limit = settings_.kind.max_outstanding;
  if (limit != 0 && outstanding_ >= limit) return StartResult::kBusy;
  if (ExpectsReplies(workload)) ++outstanding_;
  // On the socket's strand the client needs no hop of its own, and since this thread is the only
  // one the strand runs right here.
  boost::asio::dispatch(strand_, [this, workload, channel, intended] {
    switch (workload) {
      case Workload::kReply: return PushForReply(channel, intended);
      case Workload::kCast:
        return Cast(channel, MakePayload(settings_.kind.payload, ValuesOf(channel), &random_));
      case Workload::kBroadcast: return CastStamped(channel, intended);
      case Workload::kChurn: return LeaveAndJoin(channel, intended);
      case Workload::kPresence: return LeaveAndJoin(channel, intended);
      case Workload::kIdle:
      case Workload::kScript: return;
    }
  });
  return ExpectsReplies(workload) ? StartResult::kStarted : StartResult::kDone;
}

void User::PushForReply(std::uint64_t channel, Duration intended) {
  const PushTimes times = {.intended = intended, .started = events_.LoadNow()};
  channels_[channel].AsyncPush(
      settings_.kind.event, MakePayload(settings_.kind.payload, ValuesOf(channel), &random_),
      [this, times](const absl::StatusOr<Reply>& outcome) { OnPushOutcome(times, outcome); });
}

void User::Cast(std::uint64_t channel, Payload payload) {
  channels_[channel].Cast(settings_.kind.event, std::move(payload));
}

void User::CastStamped(std::uint64_t channel, Duration intended) {
  const BroadcastStamp stamp = {
      .run = settings_.run, .sender = number_, .sequence = sent_[channel]++, .intended = intended};
  Cast(channel, MakePayload(settings_.kind.payload, ValuesOf(channel), &random_, stamp));
  events_.OnBroadcastSent(heard_[channel]);
}

void User::Receive(std::uint64_t channel, const Message& message) {
  const std::optional<BroadcastStamp> stamp =
      FindStamp(message.payload.text().empty() ? message.payload.bytes() : message.payload.text());
  if (is_closing_ || !stamp.has_value() || stamp->run != settings_.run) return;  // somebody else's
  events_.OnBroadcast(heard_[channel], stamp->intended,
                      ledgers_[channel].Receive(stamp->sender, stamp->sequence),
                      settings_.plan.part().Has(stamp->sender));
}

// Leaves, and times it; `done(outcome)` behind that.
template <typename Done>
void User::Leave(std::uint64_t channel, Done done) {
  channels_[channel].AsyncLeave([this, channel, done = std::move(done),
                                 started = events_.Now()](const absl::StatusOr<Reply>& outcome) {
    if (is_closing_) return;
    if (Succeeded(outcome)) {
      events_.OnChurn(Metric::kLeave, started);
      is_left_[channel] = true;
    }
    done(outcome);
  });
}

// The same of the join that comes after it.
template <typename Done>
void User::JoinAgain(std::uint64_t channel, Done done) {
  channels_[channel].AsyncJoin([this, channel, done = std::move(done),
                                started = events_.Now()](const absl::StatusOr<Reply>& outcome) {
    if (is_closing_) return;
    is_left_[channel] = false;
    if (Succeeded(outcome)) events_.OnChurn(Metric::kJoin, started);
    done(outcome);
  });
}

void User::LeaveAndJoin(std::uint64_t channel, Duration intended) {
  is_churning_[channel] = true;
  const PushTimes times = {.intended = intended, .started = events_.LoadNow()};
  Leave(channel, [this, channel, times](const absl::StatusOr<Reply>& outcome) {
    if (Succeeded(outcome)) return ComeBack(channel, times);
    is_churning_[channel] = false;
    OnPushOutcome(times, outcome);
  });
}

void User::ComeBack(std::uint64_t channel, PushTimes times) {
  if (settings_.kind.workload == Workload::kPresence) {
    socket_.Channel(channels_[channel].topic(), JoinParamsOf(channel, PresenceStamp()));
  }
  JoinAgain(channel, [this, channel, times](const absl::StatusOr<Reply>& outcome) {
    is_churning_[channel] = false;
    OnPushOutcome(times, outcome);
  });
}

std::string User::PresenceStamp() const {
  return FormatStamp({.run = settings_.run, .sender = number_, .intended = events_.LoadNow()},
                     kStampSize);
}

// Those who came, and have a stamp; they are seen by themselves too.
void User::SeePresences(const Message& message) {
  const nlohmann::json& diff = message.payload.json();
  if (is_closing_ || !diff.is_object() || !diff.contains("joins")) return;
  for (const auto& [key, presence] : diff["joins"].items()) {
    const std::optional<BroadcastStamp> stamp = FindStamp(presence.dump());
    const bool is_other =
        stamp.has_value() && stamp->run == settings_.run && stamp->sender != number_;
    if (is_other) {
      events_.OnPresence(stamp->intended, settings_.plan.part().Has(stamp->sender));
    }
  }
}

StartResult User::StartStep(std::uint64_t channel, const ScriptStep& step) {
  const bool is_join = step.action == ScriptStep::Action::kJoin;
  if (channel >= channels_.size() || is_joined(channel) == is_join) {
    return StartResult::kDown;
  }
  boost::asio::dispatch(strand_, [this, channel, &step] { Play(channel, step); });
  return step.action == ScriptStep::Action::kCast ? StartResult::kDone : StartResult::kStarted;
}

void User::Play(std::uint64_t channel, const ScriptStep& step) {
  switch (step.action) {
    case ScriptStep::Action::kLeave: return LeaveByScript(channel);
    case ScriptStep::Action::kJoin: return JoinByScript(channel);
    case ScriptStep::Action::kCast:
      return channels_[channel].Cast(step.event,
                                     MakePayload(step.payload, ValuesOf(channel), &random_));
    case ScriptStep::Action::kPush:
      return channels_[channel].AsyncPush(
          step.event, MakePayload(step.payload, ValuesOf(channel), &random_),
          [this](const absl::StatusOr<Reply>& outcome) {
            if (Succeeded(outcome)) return events_.OnStepReply(number_);
            events_.OnStepFailure(number_, Diagnose(Stage::kPush, outcome));
          });
  }
}

void User::LeaveByScript(std::uint64_t channel) {
  Leave(channel, [this](const absl::StatusOr<Reply>& outcome) {
    if (!Succeeded(outcome)) events_.OnFailure(Diagnose(Stage::kChannel, outcome), 1);
    events_.OnStepDone(number_);
  });
}

void User::JoinByScript(std::uint64_t channel) {
  JoinAgain(channel, [this](const absl::StatusOr<Reply>& outcome) {
    if (!Succeeded(outcome)) events_.OnFailure(Diagnose(Stage::kJoin, outcome), 1);
    events_.OnStepDone(number_);
  });
}

void User::OnPushOutcome(PushTimes times, const absl::StatusOr<Reply>& outcome) {
  --outstanding_;
  if (Succeeded(outcome)) return events_.OnReply(number_, times.intended, times.started);
  events_.OnPushFailure(times.intended, Diagnose(Stage::kPush, outcome));
}

// What reached no handler, and only the socket knows of.
void User::CountUnheard(const SocketStats& stats) {
  events_.OnFailure({.stage = Stage::kConnection,
                     .cause = Cause::kMalformed,
                     .kind = "malformed_frame",
                     .message = "a frame that is no message of Phoenix's was skipped"},
                    stats.malformed_frames);
  // A cast says nothing of its fate. Where replies are expected, the push has failed by itself.
  if (ExpectsReplies(settings_.kind.workload)) return;
  events_.OnFailure(
      {.stage = Stage::kPush, .cause = Cause::kNoRoom, .message = "the client could not send it"},
      stats.dropped_messages);
}

void User::Close() {
  is_closing_ = true;
  socket_.AsyncStats([this](const SocketStats& stats) { CountUnheard(stats); });
  socket_.AsyncDisconnect([this](const absl::Status&) { events_.OnClosed(); });
}

}  // namespace phx::loadgen
