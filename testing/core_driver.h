// CoreDriver: runs a SocketCore as the library's shell does, without a network and in virtual time.
//
// After every call to the core it takes all actions, in order, tells a listener of each, and checks
// what must always hold (core_invariants.h). Dials, closes and frames stay where they are until the
// test says what becomes of them.
//
//   CoreDriver driver({});
//   driver.Connect();
//   driver.Open();                       // the dial succeeds
//   const auto room = driver.AddChannel("room:1");
//   driver.Join(room, 10s);
//   driver.Frame(R"(["1","1","room:1","phx_reply",{"status":"ok","response":{}}])");
//   driver.Advance(30s);                 // the core's deadlines on the way come at their times
#ifndef PHX_TESTING_CORE_DRIVER_H_
#define PHX_TESTING_CORE_DRIVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/core/action.h"
#include "client/core/options.h"
#include "client/core/socket_core.h"
#include "client/core/time.h"
#include "client/wire/close_info.h"
#include "client/wire/connection_info.h"
#include "client/wire/frame.h"
#include "client/wire/message.h"
#include "client/wire/ref_counter.h"
#include "testing/core_invariants.h"

namespace phx::test {

class CoreDriver {
 public:
  // Told of each action while the views in it are valid. It may call the driver, as handlers may
  // call the socket: what that brings belongs to the same step.
  using Listener = std::function<void(const core::Action&)>;
  using ParamsFunction = std::function<absl::StatusOr<wire::Payload>()>;

  // No serializer in `options`: V2.
  explicit CoreDriver(const core::CoreOptions& options, std::uint64_t seed = 1);

  void SetListener(Listener listener) { listener_ = std::move(listener); }
  // Keeps no transcript, for long runs.
  void BeQuiet() { is_quiet_ = true; }

  // --- the user

  void Connect();
  void Disconnect(const wire::CloseInfo& info = {});
  void Reconnect();
  core::PingId Ping();
  core::ChannelId AddChannel(const std::string& topic);
  void SetJoinParams(core::ChannelId channel, wire::Payload params);
  // Each join asks `params`. An empty function: whoever listens answers with AnswerJoinParams().
  void AskForJoinParams(core::ChannelId channel, ParamsFunction params);
  void AnswerJoinParams(core::ChannelId channel, std::uint32_t serial,
                        absl::StatusOr<wire::Payload> params);
  core::PushId Join(core::ChannelId channel, Duration timeout);
  core::PushId Leave(core::ChannelId channel, Duration timeout);
  core::PushId Push(core::ChannelId channel, std::string_view event, wire::Payload payload,
                    Duration timeout);
  void Cast(core::ChannelId channel, std::string_view event, wire::Payload payload);
  void Cancel(core::ChannelId channel, core::PushId push);
  void Remove(core::ChannelId channel);
  absl::Status Send(wire::Message message);

  // --- the network

  // The dial under way succeeds, or the dial of `generation` says that it did.
  void Open(bool skip_heartbeat = false);
  void Open(core::Generation generation, bool skip_heartbeat);
  // A frame arrives on the open transport, or on that of `generation`.
  void Frame(wire::FrameView frame);
  void Frame(std::string_view text) { Frame({wire::FrameType::kText, text}); }
  void Frame(core::Generation generation, wire::FrameView frame);
  // The transport that dials or is open ends, or else the one that is closing; or `generation`.
  void Closed(TransportClosed closed);
  void Closed(core::Generation generation, TransportClosed closed);
  // The network takes nothing, or everything again.
  void Stall();
  void Unstall();

  void Advance(Duration duration);

  // --- what is known

  core::SocketCore& core() { return core_; }
  const core::SocketCore& core() const { return core_; }
  CoreInvariants& invariants() { return invariants_; }
  RefCounter& refs() { return refs_; }
  TimePoint now() const { return now_; }
  // The first binding of the socket's hooks, in the order of Hook.
  const CoreInvariants::Hooks& hooks() const { return hooks_; }
  // Calls and actions so far, one a line.
  std::string Transcript() const;

  // Calls the core by `call`, then takes its actions. Within another step it only calls.
  template <typename Call>
  void Step(std::string_view what, const Call& call) {
    const bool is_outermost = !std::exchange(is_in_step_, true);
    Note("> ", what);
    call();
    if (!is_outermost) return;
    Drain();
    is_in_step_ = false;
  }

 private:
  void Drain();
  void Do(const core::Action& action);
  void RunDeadline(TimePoint at);
  void Note(std::string_view prefix, std::string_view what);

  const TimePoint start_;
  TimePoint now_;
  RefCounter refs_;
  core::SocketCore core_;
  CoreInvariants invariants_;
  CoreInvariants::Hooks hooks_;
  Listener listener_;
  std::map<core::ChannelId, ParamsFunction> params_;
  core::PushId last_push_ = 0;
  core::PingId last_ping_ = 0;
  std::size_t unsent_ = 0;  // bytes that a stalled network has not taken
  bool has_sent_ = false;   // in this step
  bool is_stalled_ = false;
  bool is_in_step_ = false;
  bool is_draining_ = false;
  bool is_quiet_ = false;
  std::vector<std::string> transcript_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_CORE_DRIVER_H_
