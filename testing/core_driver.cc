#include "testing/core_driver.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "client/core/hooks.h"
#include "client/wire/json_serializer_v2.h"
#include "testing/action_text.h"

namespace phx::test {
namespace {

std::shared_ptr<const core::CoreOptions> Share(core::CoreOptions options) {
  if (options.serializer == nullptr) {
    options.serializer = std::make_shared<const wire::JsonSerializerV2>();
  }
  return std::make_shared<const core::CoreOptions>(std::move(options));
}

bool IsV1(const core::CoreOptions& options) {
  return options.serializer != nullptr && options.serializer->version() == "1.0.0";
}

std::string Text(Duration duration) { return absl::FormatDuration(absl::FromChrono(duration)); }

absl::string_view Abseil(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// Some hours after the clock's zero, so that nothing relies on it.
CoreDriver::CoreDriver(const core::CoreOptions& options, std::uint64_t seed)
    : start_(std::chrono::hours(5)),
      now_(start_),
      core_(Share(options), "ws://localhost/socket/websocket", refs_, seed),
      invariants_(IsV1(options)),
      hooks_{.open = refs_.Next(), .close = refs_.Next(), .error = refs_.Next()} {
  core_.On(core::Hook::kOpen, hooks_.open);
  core_.On(core::Hook::kClose, hooks_.close);
  core_.On(core::Hook::kError, hooks_.error);
  invariants_.Watch(hooks_);
}

// --- the user

void CoreDriver::Connect() {
  Step("Connect", [&] {
    invariants_.OnConnect();
    core_.Connect(now_);
  });
}

void CoreDriver::Disconnect(const wire::CloseInfo& info) {
  Step("Disconnect", [&] {
    core_.Disconnect(now_, info);
    invariants_.OnDisconnect(is_draining_);
  });
}

void CoreDriver::Reconnect() {
  Step("Reconnect", [&] { core_.Reconnect(now_); });
}

core::PingId CoreDriver::Ping() {
  const core::PingId ping = ++last_ping_;
  Step(absl::StrCat("Ping as ", ping), [&] {
    invariants_.OnPing(ping);
    core_.Ping(now_, ping);
  });
  return ping;
}

core::ChannelId CoreDriver::AddChannel(const std::string& topic) {
  core::ChannelId channel = 0;
  Step(absl::StrCat("AddChannel ", topic), [&] {
    channel = core_.AddChannel(topic);
    invariants_.OnAddChannel(channel, topic);
    params_.erase(channel);
  });
  return channel;
}

void CoreDriver::SetJoinParams(core::ChannelId channel, wire::Payload params) {
  Step("SetJoinParams", [&] { core_.SetJoinParams(channel, std::move(params)); });
}

void CoreDriver::AskForJoinParams(core::ChannelId channel, ParamsFunction params) {
  params_[channel] = std::move(params);
  Step("AskForJoinParams", [&] { core_.AskForJoinParams(channel); });
}

void CoreDriver::AnswerJoinParams(core::ChannelId channel, std::uint32_t serial,
                                  absl::StatusOr<wire::Payload> params) {
  Step(absl::StrCat("OnJoinParams, serial ", serial),
       [&] { core_.OnJoinParams(now_, channel, serial, std::move(params)); });
}

core::PushId CoreDriver::Join(core::ChannelId channel, Duration timeout) {
  const core::PushId push = ++last_push_;
  Step(absl::StrCat("Join channel ", channel, " as ", push), [&] {
    const bool is_accepted = core_.Join(now_, channel, push, timeout);
    invariants_.OnJoin(push, channel, is_accepted, core_.channel_state(channel));
  });
  return push;
}

core::PushId CoreDriver::Leave(core::ChannelId channel, Duration timeout) {
  const core::PushId push = ++last_push_;
  Step(absl::StrCat("Leave channel ", channel, " as ", push), [&] {
    invariants_.OnPush(push, channel);
    core_.Leave(now_, channel, push, timeout);
  });
  return push;
}

core::PushId CoreDriver::Push(core::ChannelId channel, std::string_view event,
                              wire::Payload payload, Duration timeout) {
  const core::PushId push = ++last_push_;
  Step(absl::StrCat("Push ", Abseil(event), " on channel ", channel, " as ", push), [&] {
    invariants_.OnPush(push, channel);
    core_.Push(now_, channel, push, event, std::move(payload), timeout);
  });
  return push;
}

void CoreDriver::Cast(core::ChannelId channel, std::string_view event, wire::Payload payload) {
  Step(absl::StrCat("Cast ", Abseil(event), " on channel ", channel), [&] {
    core_.Push(now_, channel, core::kNobody, event, std::move(payload), std::chrono::seconds(10));
  });
}

void CoreDriver::Cancel(core::ChannelId channel, core::PushId push) {
  Step(absl::StrCat("Cancel ", push), [&] { core_.CancelBufferedPush(now_, channel, push); });
}

void CoreDriver::Remove(core::ChannelId channel) {
  Step(absl::StrCat("Remove channel ", channel), [&] {
    core_.Remove(now_, channel);
    invariants_.OnRemove(channel);
  });
}

absl::Status CoreDriver::Send(wire::Message message) {
  absl::Status status;
  Step("Send", [&] { status = core_.Send(now_, std::move(message)); });
  return status;
}

// --- the network

void CoreDriver::Open(bool skip_heartbeat) { Open(invariants_.dialling(), skip_heartbeat); }

void CoreDriver::Open(core::Generation generation, bool skip_heartbeat) {
  Step(absl::StrCat("#", generation, " opened"), [&] {
    unsent_ = 0;
    invariants_.OnTransportOpen(generation);
    core_.OnTransportOpen(now_, generation, std::make_shared<const OpenInfo>(), skip_heartbeat);
  });
}

void CoreDriver::Frame(wire::FrameView frame) { Frame(invariants_.open(), frame); }

void CoreDriver::Frame(core::Generation generation, wire::FrameView frame) {
  const std::string copy(frame.data);  // which does not outlive the step
  Step(absl::StrCat("#", generation, " received ", copy), [&] {
    core_.OnTransportFrame(now_, generation, {frame.type, copy});
  });
}

void CoreDriver::Closed(TransportClosed closed) {
  core::Generation generation = invariants_.closing();
  if (invariants_.dialling() != 0) generation = invariants_.dialling();
  if (invariants_.open() != 0) generation = invariants_.open();
  Closed(generation, std::move(closed));
}

void CoreDriver::Closed(core::Generation generation, TransportClosed closed) {
  Step(absl::StrCat("#", generation, " closed: ", closed.info.code, " ", closed.status.ToString()),
       [&] {
         invariants_.OnTransportClosed(generation);
         core_.OnTransportClosed(now_, generation, std::move(closed));
       });
}

void CoreDriver::Stall() { is_stalled_ = true; }

void CoreDriver::Unstall() {
  is_stalled_ = false;
  unsent_ = 0;
  core_.OnBacklog(0);
}

// --- time

void CoreDriver::Advance(Duration duration) {
  Note("> ", absl::StrCat("Advance ", Text(duration)));
  const TimePoint target = now_ + duration;
  while (core_.NextDeadline().has_value() && *core_.NextDeadline() <= target) {
    RunDeadline(*core_.NextDeadline());
  }
  now_ = target;
}

// One deadline may bring about another that is due at once, but not for ever.
void CoreDriver::RunDeadline(TimePoint at) {
  now_ = std::max(now_, at);
  constexpr int kMost = 1000;
  for (int i = 0; i < kMost; ++i) {
    Step(absl::StrCat("deadline at +", Text(now_ - start_)), [&] { core_.OnDeadline(now_); });
    if (!core_.NextDeadline().has_value() || *core_.NextDeadline() > now_) return;
  }
  invariants_.Require(false, "the deadlines of one moment come to an end");
  now_ += std::chrono::milliseconds(1);
}

// --- the actions

void CoreDriver::Drain() {
  is_draining_ = true;
  while (const std::optional<core::Action> action = core_.PollAction()) Do(*action);
  is_draining_ = false;
  if (std::exchange(has_sent_, false)) core_.OnBacklog(unsent_);
  invariants_.OnQuiet(core_, now_);
}

void CoreDriver::Do(const core::Action& action) {
  if (!is_quiet_) Note("    ", ActionText(action, core_));
  invariants_.OnAction(action, core_);
  if (const auto* frame = std::get_if<core::SendFrame>(&action)) {
    has_sent_ = true;
    if (is_stalled_) unsent_ += frame->size;
  }
  if (listener_ != nullptr) listener_(action);
  if (const auto* request = std::get_if<core::RequestJoinParams>(&action)) {
    const auto params = params_.find(request->channel);
    const bool is_answered = params != params_.end() && params->second != nullptr;
    if (is_answered) AnswerJoinParams(request->channel, request->serial, params->second());
  }
}

void CoreDriver::Note(std::string_view prefix, std::string_view what) {
  if (!is_quiet_) transcript_.push_back(absl::StrCat(Abseil(prefix), Abseil(what)));
}

std::string CoreDriver::Transcript() const { return absl::StrJoin(transcript_, "\n"); }

}  // namespace phx::test
