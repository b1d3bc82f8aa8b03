// CoreInvariants: what must hold of a SocketCore whatever its users, its server and its network do.
//
//  - There is at most one transport that dials or is open, and at most one more that is closing;
//    generations grow; frames name the transport that is open; nothing is closed or abandoned
//    twice.
//  - Nothing is dialled or sent after Disconnect(), and no error is reported, until Connect().
//  - Refs on the wire are unique and grow; in V2 every frame of a channel carries its join_ref.
//  - Each push, leave and ping has exactly one outcome; each time that a channel joins has one,
//  too.
//  - A channel sends at most one phx_join each time it is joining, and none in any other state.
//  - Each OnOpen is followed by one OnClose before the next.
//  - After Disconnect() and Remove() nothing is outstanding any more.
//  - What was told of the socket's and the channels' status is how things are.
//  - The next deadline lies in the future.
//
// A CoreDriver tells it what it does and what the core wants done.
#ifndef PHX_TESTING_CORE_INVARIANTS_H_
#define PHX_TESTING_CORE_INVARIANTS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "client/core/action.h"
#include "client/core/socket_core.h"
#include "client/core/states.h"
#include "client/core/status.h"
#include "client/core/time.h"
#include "client/wire/ref.h"

namespace phx::test {

class CoreInvariants {
 public:
  // The bindings of the socket's own hooks, registered once each.
  struct Hooks {
    Ref open;
    Ref close;
    Ref error;
  };

  explicit CoreInvariants(bool is_v1) : is_v1_(is_v1) {}

  void Watch(const Hooks& hooks) { hooks_ = hooks; }
  // Waits of zero length make the core's next deadline the present.
  void AllowDueDeadlines() { allows_due_deadlines_ = true; }

  // --- what the driver does, told after the core was called and before its actions are taken

  void OnConnect() { is_wanted_ = may_dial_ = true; }
  // `in_step`: by a listener, while actions that came before are still to be taken.
  void OnDisconnect(bool in_step);
  void OnAddChannel(core::ChannelId channel, const std::string& topic);
  void OnRemove(core::ChannelId channel);
  void OnPush(core::PushId push, core::ChannelId channel);  // or a leave
  // `state` is the channel's after the call.
  void OnJoin(core::PushId push, core::ChannelId channel, bool is_accepted, ChannelState state);
  void OnPing(core::PingId ping) { pings_.insert(ping); }
  void OnTransportOpen(core::Generation generation);
  void OnTransportClosed(core::Generation generation);

  // --- what the core does

  void OnAction(const core::Action& action, const core::SocketCore& core);
  // All actions are taken.
  void OnQuiet(core::SocketCore& core, TimePoint now);

  // --- what is known

  core::Generation dialling() const { return dialling_; }  // 0: none
  core::Generation open() const { return open_; }
  core::Generation closing() const { return closing_; }

  // Pushes and leaves without an outcome.
  std::size_t pending() const { return pending_.size(); }
  // Pings without one.
  std::size_t pending_pings() const { return pings_.size(); }
  bool is_pending(core::PushId push) const { return pending_.contains(push); }
  ChannelState state(core::ChannelId channel) const { return channels_.at(channel).state; }

  void Require(bool holds, std::string_view what, const std::string& detail = {});

  // What did not hold, in words.
  const std::vector<std::string>& violations() const { return violations_; }

 private:
  struct Channel {
    std::string topic;
    ChannelState state = ChannelState::kClosed;
    ChannelStatus status = {};
    std::uint64_t times_joining = 0;
    std::uint64_t outcomes = 0;     // of those times
    bool has_sent_join = false;     // this time
    core::PushId waiting_join = 0;  // a Join() that waits until the channel has left
  };

  void Check(const core::OpenTransport& action);
  void Check(const core::CloseTransport& action);
  void Check(const core::AbandonTransport& action);
  void Check(const core::PushDone& action);
  void Check(const core::JoinDone& action);
  void Check(const core::PingDone& action);
  void Check(const core::Dispatch& action);
  void Check(const core::ConnectionChanged& action);
  void Check(const core::ChannelChanged& action);
  template <typename Other>
  static void Check(const Other& /*action*/) {}

  void CheckFrame(const core::SendFrame& action, const core::SocketCore& core);
  void CheckJoinFrame(std::string_view topic);
  void CheckRemoved();
  void CheckOutcomes();

  const bool is_v1_;
  bool allows_due_deadlines_ = false;
  Hooks hooks_;
  bool is_wanted_ = false;
  bool may_dial_ = false;  // was wanted when this step began, or since
  bool is_announced_open_ = false;
  core::Generation last_generation_ = 0;
  core::Generation dialling_ = 0;
  core::Generation open_ = 0;
  core::Generation closing_ = 0;
  std::uint64_t last_ref_ = 0;
  SocketStatus connection_;
  std::unordered_map<core::PushId, core::ChannelId> pending_;  // pushes and leaves
  std::unordered_map<core::PushId, core::ChannelId> joins_;    // of channels that still exist
  std::set<core::PingId> pings_;
  std::map<core::ChannelId, Channel> channels_;
  std::vector<core::ChannelId> removed_;     // in this step
  std::vector<core::PushId> must_be_done_;   // when this step ends
  std::set<core::PingId> must_be_answered_;  // the same
  std::vector<std::string> violations_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_CORE_INVARIANTS_H_
