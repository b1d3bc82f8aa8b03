// CoreScript: the protocol, told as a story. Tests of the protocol core read like a transcript:
//
//   CoreScript s;
//   s.Connect().Open();
//   s.Join("room:1").ExpectFrame(R"(["$j","$j","room:1","phx_join",{}])");
//   s.Advance(10s).ExpectFrame(R"(["$j","$l","room:1","phx_leave",{}])");
//   s.ExpectJoin("room:1", absl::StatusCode::kDeadlineExceeded);
//   s.Advance(1s).ExpectFrame(R"(["$k","$k","room:1","phx_join",{}])");
//
// A '$name' is a ref, learnt where it is expected first (frame_pattern.h). Channels go by their
// topics; they are made, with handlers for OnJoin, OnClose and OnError, when they are first named.
// Pushes go by their events.
//
// After each step, whatever it is, everything in core_invariants.h is checked. Each frame on the
// wire and each dial, close and abandon must be expected, in order, before the script ends. A
// failure shows the whole transcript.
#ifndef PHX_TESTING_CORE_SCRIPT_H_
#define PHX_TESTING_CORE_SCRIPT_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/core/action.h"
#include "client/core/hooks.h"
#include "client/core/options.h"
#include "client/core/states.h"
#include "client/core/stats.h"
#include "client/core/status.h"
#include "client/wire/close_info.h"
#include "client/wire/payload.h"
#include "client/wire/ref.h"
#include "client/wire/reply.h"
#include "testing/core_driver.h"
#include "testing/frame_pattern.h"
#include "testing/phoenix_model.h"

namespace phx::test {

class CoreScript {
 public:
  // The line of the test that said something.
  struct Where {
    const char* file;
    int line;
    static Where Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
      return {file, line};
    }
  };
  using Handler = std::function<void(CoreScript&)>;

  // The defaults of CoreOptions, V2, without jitter.
  static core::CoreOptions Options();

  explicit CoreScript(const core::CoreOptions& options = Options(), std::uint64_t seed = 1);
  ~CoreScript();
  CoreScript(const CoreScript&) = delete;
  CoreScript& operator=(const CoreScript&) = delete;

  // --- the user

  CoreScript& Connect();
  CoreScript& Disconnect(const wire::CloseInfo& info = {});
  CoreScript& Reconnect();
  CoreScript& Ping();
  CoreScript& Params(const std::string& topic, std::string_view json);
  CoreScript& ParamsFrom(const std::string& topic, CoreDriver::ParamsFunction params);
  CoreScript& Join(const std::string& topic, Duration timeout = kTimeout);
  CoreScript& Leave(const std::string& topic, Duration timeout = kTimeout);
  CoreScript& Push(const std::string& topic, const std::string& event, wire::Payload payload = {},
                   Duration timeout = kTimeout);
  CoreScript& Cast(const std::string& topic, const std::string& event, wire::Payload payload = {});
  CoreScript& Cancel(const std::string& topic, const std::string& event);
  CoreScript& Remove(const std::string& topic);
  // A message without a channel; its ref is drawn here and may be named "$event".
  CoreScript& Send(const std::string& topic, const std::string& event, wire::Payload payload = {});
  // Hears `event`; `handler` runs in the step that brings the message.
  CoreScript& On(const std::string& topic, const std::string& event, Handler handler = {});
  CoreScript& Off(const std::string& topic, const std::string& event);
  // Hears every message, every heartbeat, or every change of status, as "socket …".
  CoreScript& OnMessage();
  CoreScript& OnHeartbeat();
  // Hears all events of a channel, as "room:1 msg {}".
  CoreScript& OnMessage(const std::string& topic);
  CoreScript& OnStatus();
  // The same of a channel's status, as "room:1 status(joining)".
  CoreScript& OnStatus(const std::string& topic);
  // Runs `handler` when a handler is told `what`, as ExpectHeard() names it, or when a push has its
  // outcome ("done event"), inside of that step.
  CoreScript& When(const std::string& what, Handler handler);

  // --- the network and the server

  CoreScript& Open(bool skip_heartbeat = false, Where where = Where::Here());
  CoreScript& Frame(std::string_view text);
  CoreScript& BinaryFrame(std::string_view bytes);
  // A reply, in the version that the script speaks. Names as in ExpectFrame().
  CoreScript& Reply(const std::string& join_ref, const std::string& ref, const std::string& topic,
                    std::string_view status = "ok", std::string_view response = "{}");
  CoreScript& Closed(int code, std::string_view reason = "");
  CoreScript& Lost(std::string_view why = "connection reset");
  CoreScript& Refused(int http_status);

  CoreScript& Advance(Duration duration);

  // --- whole chapters

  // Connects and opens.
  CoreScript& Opened(Where where = Where::Here());
  // Joins and is accepted. The ref is named after the topic: "$room:1".
  CoreScript& Joined(const std::string& topic, Where where = Where::Here());
  // Expects the join that the channel sends by itself, and accepts it.
  CoreScript& Rejoined(const std::string& topic, Where where = Where::Here());

  // --- what must have happened, each of its kind in order

  CoreScript& ExpectFrame(std::string_view pattern, Where where = Where::Here());
  CoreScript& ExpectNoFrame(Where where = Where::Here());
  CoreScript& ExpectDial(Where where = Where::Here());
  // The same by the fallback.
  CoreScript& ExpectFallback(Where where = Where::Here());
  CoreScript& ExpectClose(int code, std::string_view reason = "", Where where = Where::Here());
  CoreScript& ExpectAbandon(Where where = Where::Here());
  CoreScript& ExpectNoTransport(Where where = Where::Here());

  CoreScript& ExpectConnection(ConnectionState state, Where where = Where::Here());
  CoreScript& ExpectState(const std::string& topic, ChannelState state,
                          Where where = Where::Here());

  // The next outcome of the channel's Join(): a reply with this status and response, or an error of
  // this code whose message contains `what`.
  CoreScript& ExpectJoin(const std::string& topic, std::string_view status,
                         std::string_view response = "", Where where = Where::Here());
  CoreScript& ExpectJoin(const std::string& topic, absl::StatusCode code,
                         std::string_view what = "", Where where = Where::Here());
  CoreScript& ExpectNoJoinOutcome(const std::string& topic, Where where = Where::Here());
  // The outcome of a push, or of a Join() that was rejected; "leave room:1" for a leave.
  CoreScript& ExpectDone(const std::string& push, std::string_view status,
                         std::string_view response = "", Where where = Where::Here());
  CoreScript& ExpectDone(const std::string& push, absl::StatusCode code, std::string_view what = "",
                         Where where = Where::Here());
  CoreScript& ExpectPending(const std::string& push, Where where = Where::Here());

  // The next outcome of a ping: the time that it took, or an error.
  CoreScript& ExpectPing(Duration round_trip, Where where = Where::Here());
  CoreScript& ExpectPing(absl::StatusCode code, std::string_view what = "",
                         Where where = Where::Here());
  CoreScript& ExpectNoPing(Where where = Where::Here());

  // A handler was told so: "room:1 new_msg {}", "room:1 close(left)", "socket open"
  // (action_text.h).
  CoreScript& ExpectHeard(const std::string& what, Where where = Where::Here());
  // All that was told since the last call, in order.
  CoreScript& ExpectStory(std::initializer_list<std::string> story, Where where = Where::Here());
  CoreScript& ExpectSilence(Where where = Where::Here());
  CoreScript& ExpectLog(std::string_view part, Where where = Where::Here());

  // The status, and in how long it ends.
  CoreScript& ExpectStatus(SocketStatus::Kind kind, std::optional<Duration> ends_in = std::nullopt,
                           Where where = Where::Here());
  CoreScript& ExpectStatus(const std::string& topic, ChannelStatus::Kind kind,
                           std::optional<Duration> ends_in = std::nullopt,
                           Where where = Where::Here());

  // The core wants to be called in `wait`, or not at all.
  CoreScript& ExpectDeadlineIn(Duration wait, Where where = Where::Here());
  CoreScript& ExpectNoDeadline(Where where = Where::Here());

  // --- what is known

  CoreDriver& driver() { return driver_; }
  SocketStats stats() const { return driver_.core().stats(); }
  core::ChannelId channel(const std::string& topic);
  std::string ref(std::string_view name) const { return names_.Find(name); }
  // What happened so far need not be expected.
  CoreScript& Forget();
  // `name`, with its '$', is to be learnt anew.
  CoreScript& ForgetName(std::string_view name);

 private:
  friend class FaultRun;
  static constexpr Duration kTimeout = std::chrono::seconds(10);

  CoreScript& OnSocket(core::Hook hook);
  CoreScript& OnChannel(const std::string& topic, core::Hook hook);
  void Listen(const core::Action& action);
  void Hear(Ref binding, const core::Notification& notification);
  void RunHandlers(const std::string& what);
  void Named(core::PushId push, const std::string& name) { push_names_[push] = name; }
  std::string NextTransport();
  void ExpectOutcome(std::deque<absl::StatusOr<wire::Reply>>& outcomes, std::string_view what,
                     std::string_view status, std::string_view response, Where where);
  void ExpectOutcome(std::deque<absl::StatusOr<wire::Reply>>& outcomes, std::string_view what,
                     absl::StatusCode code, std::string_view message, Where where);
  template <typename Status>
  void ExpectStatusIs(const Status& actual, typename Status::Kind kind,
                      const std::optional<Duration>& ends_in, Where where);
  void Fail(Where where, const std::string& what);
  CoreScript& EndStep();

  const bool is_v1_;
  std::map<std::string, core::ChannelId> channels_;
  std::map<Ref, std::string> bindings_;  // "room:1", "room:1 new_msg", "socket"
  std::map<core::PushId, std::string> push_names_;
  std::map<std::string, std::deque<absl::StatusOr<wire::Reply>>> joins_;  // by topic
  std::map<std::string, std::deque<absl::StatusOr<wire::Reply>>> done_;   // by name
  std::deque<absl::StatusOr<Duration>> pings_;
  std::map<std::string, std::vector<Handler>> handlers_;
  std::deque<std::string> frames_;      // JSON
  std::deque<std::string> transports_;  // "dial", "close 1000", "abandon"
  std::vector<std::string> heard_;
  std::vector<std::string> logs_;
  RefNames names_;
  bool has_failed_ = false;
  std::function<void()> after_step_;  // FaultRun's
  bool is_faulty_ = false;            // what the test expects need not come any more
  std::set<std::string> wished_;      // topics that are to be joined
  CoreDriver driver_;
};

// Plays `play` once as it is, and then again and again with a fault after each of its steps: the
// connection is lost, is closed by the server with 1000, or goes silent for ever. What the script
// expects from there on is passed over, and what the server says is not said. Afterwards a healthy
// server takes over. Then every channel that is meant to be joined must be joined, and every push
// must have had its one outcome.
void CheckFaults(const std::function<void(CoreScript&)>& play,
                 const core::CoreOptions& options = CoreScript::Options());

}  // namespace phx::test

#endif  // PHX_TESTING_CORE_SCRIPT_H_
