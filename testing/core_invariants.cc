#include "testing/core_invariants.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "client/wire/events.h"
#include "testing/client_frame.h"

namespace phx::test {

// --- what the driver does

void CoreInvariants::OnDisconnect(bool in_step) {
  is_wanted_ = false;
  if (!in_step) may_dial_ = false;
  for (const auto& [push, channel] : pending_) must_be_done_.push_back(push);
  must_be_answered_ = pings_;
}

void CoreInvariants::OnAddChannel(core::ChannelId channel, const std::string& topic) {
  Require(!channels_.contains(channel), "a ChannelId is given to one channel at a time");
  channels_[channel] = Channel{.topic = topic};
}

void CoreInvariants::OnRemove(core::ChannelId channel) { removed_.push_back(channel); }

void CoreInvariants::OnPush(core::PushId push, core::ChannelId channel) {
  pending_.emplace(push, channel);
}

void CoreInvariants::OnJoin(core::PushId push, core::ChannelId channel, bool is_accepted,
                            ChannelState state) {
  if (!is_accepted) {
    pending_.emplace(push, channel);  // its one outcome says why
    return;
  }
  joins_.emplace(push, channel);
  if (state == ChannelState::kLeaving) channels_[channel].waiting_join = push;
}

void CoreInvariants::OnTransportOpen(core::Generation generation) {
  if (generation != dialling_) return;
  open_ = std::exchange(dialling_, 0);
}

void CoreInvariants::OnTransportClosed(core::Generation generation) {
  for (core::Generation* transport : {&dialling_, &open_, &closing_}) {
    if (*transport == generation) *transport = 0;
  }
}

// --- what the core does

void CoreInvariants::OnAction(const core::Action& action, const core::SocketCore& core) {
  if (const auto* frame = std::get_if<core::SendFrame>(&action)) return CheckFrame(*frame, core);
  std::visit([this](const auto& alternative) { Check(alternative); }, action);
}

void CoreInvariants::Check(const core::OpenTransport& action) {
  Require(may_dial_, "nothing is dialled after Disconnect()");
  Require(dialling_ == 0 && open_ == 0, "one transport dials or is open");
  Require(action.generation > last_generation_, "generations grow");
  last_generation_ = dialling_ = action.generation;
}

void CoreInvariants::CheckFrame(const core::SendFrame& action, const core::SocketCore& core) {
  Require(action.generation == open_ && open_ != 0, "a frame names the open transport");
  const std::optional<ClientFrame> frame = ParseClientFrame(core.FrameOf(action));
  if (!frame.has_value()) return Require(false, "a frame can be read");
  Require(frame->ref_number() > last_ref_, "refs on the wire grow", frame->ref.value_or("none"));
  last_ref_ = std::max(last_ref_, frame->ref_number());
  const bool is_of_channel =
      std::any_of(channels_.begin(), channels_.end(),
                  [&](const auto& entry) { return entry.second.topic == frame->topic; });
  if (is_of_channel && !is_v1_) {
    Require(frame->join_ref.has_value(), "a channel's frame has a join_ref", frame->event);
  }
  if (frame->event == events::kJoin) CheckJoinFrame(frame->topic);
}

// Within one step a channel may be removed and another of its topic made: either may be meant.
void CoreInvariants::CheckJoinFrame(std::string_view topic) {
  const auto joins = [&](const auto& entry) {
    return entry.second.topic == topic && entry.second.state == ChannelState::kJoining &&
           !entry.second.has_sent_join;
  };
  const auto channel = std::find_if(channels_.begin(), channels_.end(), joins);
  if (channel == channels_.end()) {
    return Require(false, "one phx_join is sent, in state joining", std::string(topic));
  }
  channel->second.has_sent_join = true;
}

void CoreInvariants::Check(const core::CloseTransport& action) {
  Require(action.generation == open_ && open_ != 0, "the open transport is closed");
  Require(closing_ == 0, "one transport is closing");
  open_ = 0;
  closing_ = action.generation;
}

void CoreInvariants::Check(const core::AbandonTransport& action) {
  const bool is_known =
      action.generation != 0 && (action.generation == dialling_ || action.generation == closing_);
  Require(is_known, "a transport that dials or is closing is abandoned");
  OnTransportClosed(action.generation);
}

void CoreInvariants::Check(const core::PushDone& action) {
  Require(pending_.erase(action.push) == 1, "a push has one outcome", absl::StrCat(action.push));
}

void CoreInvariants::Check(const core::JoinDone& action) {
  const auto join = joins_.find(action.push);
  if (join == joins_.end()) return Require(false, "the outcome is that of a join");
  Channel& channel = channels_[join->second];
  const bool has_waited = channel.waiting_join == action.push;
  if (has_waited) channel.waiting_join = 0;
  if (channel.state != ChannelState::kLeaving) {
    ++channel.outcomes;
  } else {
    Require(has_waited, "a channel that leaves has no other join than one that waits");
  }
}

void CoreInvariants::Check(const core::PingDone& action) {
  Require(pings_.erase(action.ping) == 1, "a ping has one outcome", absl::StrCat(action.ping));
}

void CoreInvariants::Check(const core::Dispatch& action) {
  if (action.binding == hooks_.open) {
    Require(!std::exchange(is_announced_open_, true), "OnOpen follows OnClose");
  } else if (action.binding == hooks_.close) {
    Require(std::exchange(is_announced_open_, false), "OnClose follows OnOpen");
  } else if (action.binding == hooks_.error) {
    Require(may_dial_, "no OnError comes after Disconnect()");
  }
}

void CoreInvariants::Check(const core::ConnectionChanged& action) {
  Require(action.status != connection_, "a change of status is one");
  connection_ = action.status;
}

void CoreInvariants::Check(const core::ChannelChanged& action) {
  Channel& channel = channels_[action.channel];
  const ChannelState state = action.status.state();
  const bool begins = state == ChannelState::kJoining && channel.state != ChannelState::kJoining;
  if (begins) {
    ++channel.times_joining;
    channel.has_sent_join = false;
  }
  const bool has_join = state == ChannelState::kJoined || state == ChannelState::kLeaving;
  Require(!has_join || !action.join_ref.empty(), "a joined channel has a join_ref");
  Require(has_join || state == ChannelState::kJoining || action.join_ref.empty(),
          "a channel without a join has no join_ref");
  channel.state = state;
  channel.status = action.status;
}

void CoreInvariants::OnQuiet(core::SocketCore& core, TimePoint now) {
  CheckRemoved();
  for (const core::PushId push : std::exchange(must_be_done_, {})) {
    Require(!is_pending(push), "Disconnect() leaves nothing outstanding", absl::StrCat(push));
  }
  for (const core::PingId ping : std::exchange(must_be_answered_, {})) {
    Require(!pings_.contains(ping), "Disconnect() leaves no ping outstanding", absl::StrCat(ping));
  }
  CheckOutcomes();
  Require(core.status() == connection_, "the connection's status was announced");
  for (const auto& [id, channel] : channels_) {
    Require(core.channel_status(id) == channel.status, "a channel's status was announced",
            channel.topic);
  }
  Require(is_wanted_ || (dialling_ == 0 && open_ == 0), "Disconnect() is final");
  may_dial_ = is_wanted_;
  const std::optional<TimePoint> next = core.NextDeadline();
  Require(!next.has_value() || *next > now || allows_due_deadlines_,
          "the next deadline lies in the future");
}

void CoreInvariants::CheckRemoved() {
  for (const core::ChannelId channel : std::exchange(removed_, {})) {
    const bool has_pending = std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
      return entry.second == channel;
    });
    Require(!has_pending, "no push outlives its channel");
    std::erase_if(joins_, [&](const auto& entry) { return entry.second == channel; });
    channels_.erase(channel);
  }
}

void CoreInvariants::CheckOutcomes() {
  for (auto& [id, channel] : channels_) {
    const std::uint64_t is_joining = channel.state == ChannelState::kJoining ? 1 : 0;
    Require(channel.outcomes + is_joining == channel.times_joining, "each join has one outcome",
            channel.topic);
    if (is_joining != 0) channel.waiting_join = 0;
    Require(channel.waiting_join == 0 || channel.state == ChannelState::kLeaving,
            "a join that waited for the leave has an outcome or begins", channel.topic);
  }
}

void CoreInvariants::Require(bool holds, std::string_view what, const std::string& detail) {
  if (holds) return;
  violations_.push_back(std::string(what) + (detail.empty() ? "" : ": " + detail));
}

}  // namespace phx::test
