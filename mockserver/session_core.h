// SessionCore: one client's socket, as Phoenix.Socket is: frames in; frames, and perhaps the wish
// to close, out. It knows every rule of the channel protocol on the server's side and nothing of
// networks, clocks or threads.
//
//   shard: topics, mail and outboxes that the sessions of a thread share
//   SessionCore core(options, shard, host);
//   core.OnFrame(now, frame);      // as many as one read brought
//   shard.FinishTurn(now);         // the channels work
//   core.DrainOutbox(…);           // what is to be sent, in order
//   timer: core.NextDeadline() -> core.OnDeadline(now)
//
// The rules (Phoenix 1.8.12; flavor.h):
//  - heartbeats, joins and messages to topics that are not joined are answered at once, by the
//  socket;
//    pushes and leaves wait in the mailbox for their channel;
//  - a join runs in the socket: until it is answered nothing else of the connection is looked at,
//  and
//    nothing is sent (JoinResult::blocks_socket);
//  - a join of a joined topic ends the old channel without asking it, and its phx_close comes
//  behind
//    the new join's reply;
//  - what cannot be decoded ends the connection with 1011.
#ifndef PHX_MOCKSERVER_SESSION_CORE_H_
#define PHX_MOCKSERVER_SESSION_CORE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "client/wire/close_info.h"
#include "client/wire/frame.h"
#include "mockserver/broadcast_message.h"
#include "mockserver/channel.h"
#include "mockserver/channel_process.h"
#include "mockserver/channel_set.h"
#include "mockserver/client_message.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/mailbox.h"
#include "mockserver/observer.h"
#include "mockserver/outbox.h"
#include "mockserver/races.h"
#include "mockserver/session_gate.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"
#include "mockserver/timer_heap.h"
#include "mockserver/topic_table.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

struct SessionOptions {
  const UserSocket* socket = nullptr;  // outlives the session
  ProtocolVersion version = ProtocolVersion::kV2;
  ConnectionId connection = 0;
  Json assigns = Json::object();
  Flavor flavor = {};
  Races races = {};
  std::shared_ptr<const Faults> faults = std::make_shared<const Faults>();
  Observer* observer = nullptr;  // may be null; outlives the session
};

class SessionCore final : public SessionRequests, private TopicTable::Member {
 public:
  SessionCore(SessionOptions options, Shard& shard, SessionHost& host);
  ~SessionCore() override;

  // A message from the client. Its bytes must stay in place until Shard::FinishTurn() has returned.
  // One turn may hold many of these, or one call of another function.
  void OnFrame(TimePoint now, wire::FrameView frame);

  // What is due at `now`: a message to itself, a late reply, a delayed join.
  void OnDeadline(TimePoint now);
  std::optional<TimePoint> NextDeadline() const;

  // The connection is gone: ends all channels with StopReason::kClosed. Nothing may follow.
  void OnClosed(TimePoint now);

  // Whether the socket has ended; its outbox then ends with an Entry::kClose.
  bool is_stopped() const { return gate_.is_stopped(); }
  // Whether a join that is not answered yet keeps the socket from everything else.
  bool is_blocked() const { return gate_.is_shut(); }
  // The bytes that wait for such a join, or for a fault: of the client's frames, and of ours.
  std::size_t held_input() const { return gate_.held_input(); }
  std::size_t held_output() const { return gate_.held_output(); }
  bool has_channels() const { return channels_.joined_count() != 0; }
  const SessionOptions& options() const { return options_; }
  void SetFaults(std::shared_ptr<const Faults> faults);
  // Ends the channel of `topic`, if it is joined.
  void StopTopic(TimePoint now, std::string_view topic, StopReason reason);

  // For the transport: where its pings and closes go, among the frames.
  Outbox& outbox() { return gate_.outbox(); }
  // Drains the outbox (see Outbox::Drain) and gives it back to the shard.
  template <typename Visitor>
  void DrainOutbox(Visitor visit) {
    gate_.DrainOutbox(visit);
  }
  // See SessionGate::DrainPlain().
  bool DrainPlain(std::string& out) { return gate_.DrainPlain(out); }

  // SessionRequests
  void ReplyLate(TimePoint now, const JsonTerm& join_ref, const JsonTerm& ref,
                 std::string_view topic, std::string_view status, const Payload& response) override;
  void AnswerJoin(TimePoint now, std::uint64_t channel_id,
                  std::optional<JoinResult> result) override;
  void SendInfo(TimePoint now, std::uint64_t channel_id, Info info) override;
  void PushFrom(TimePoint now, std::uint64_t channel_id, std::string_view event,
                const Payload& payload) override;
  void StopChannel(TimePoint now, std::uint64_t channel_id, StopReason reason) override;

  // For the channels.
  // Hands over what waited in the mailbox.
  void Deliver(TimePoint now, Mail& mail);
  absl::Status SendPush(const ChannelProcess& channel, std::string_view event,
                        const Payload& payload);
  absl::Status SendBroadcast(const BroadcastMessage& broadcast) { return gate_.Send(broadcast); }
  void SendInfoAfter(const ChannelProcess& channel, Duration delay, Info info);
  void SendReplyAfter(const ChannelProcess& channel, Duration delay, const ClientMessage& message,
                      std::string_view status, Payload response);
  bool DrawDiffOvertakes(PresenceChange change) { return races_.DiffOvertakes(change); }
  Shard& shard() { return shard_; }
  SessionHost& host() { return host_; }

 private:
  struct LateReply {
    JsonTerm ref;
    std::string status;
    Payload response;
  };
  struct Timer {
    std::uint64_t channel_id = 0;
    std::variant<Info, LateReply, JoinResult, wire::Frame> what = {};  // a frame is the client's
  };

  // TopicTable::Member: the topic of the socket's id.
  absl::Status OnBroadcast(const std::shared_ptr<const BroadcastMessage>& broadcast) override;

  void Handle(wire::FrameView frame);
  // Whether nothing else is to be done with the message.
  bool PlayFault(const FrameFault& fault, wire::FrameView frame, const ClientMessage& message);
  void HandleDelayed(wire::Frame frame);
  void Dispatch(ClientMessage& message);
  void AnswerHeartbeat(const ClientMessage& message);
  void HandleJoin(const ClientMessage& message);
  void Replace(ChannelProcess& old, const ClientMessage& message, RaceOutcome race);
  void StartJoin(const ClientMessage& message);
  void Park(std::unique_ptr<ChannelProcess> channel, JoinResult result);
  // nullopt: it crashed.
  void FinishJoin(std::unique_ptr<ChannelProcess> channel, std::optional<JoinResult> result);
  void Refuse(const JsonTerm& join_ref, const JsonTerm& ref, const JsonTerm& topic,
              std::string_view reason);
  void HandleUnjoined(const ClientMessage& message);
  void HandleForChannel(ChannelProcess& channel, ClientMessage&& message);
  bool AcceptsJoinRef(const ChannelProcess& channel, const JsonTerm& join_ref, bool is_leave) const;

  void RunOwnMail();
  void Conclude(ChannelProcess& channel, std::optional<Outcome> outcome,
                const ClientMessage* message);
  enum class Announcement : std::uint8_t { kNow, kByCaller };
  void EndChannel(ChannelProcess& channel, StopReason reason,
                  Announcement announcement = Announcement::kNow);
  std::unique_ptr<ChannelProcess> Extract(ChannelProcess& channel);
  void Announce(std::string_view topic, const JsonTerm& join_ref, StopReason reason);

  void AddTimer(TimePoint at, Timer timer);

  SessionOptions options_;
  Shard& shard_;
  SessionHost& host_;
  TimePoint now_{};
  SessionGate gate_;
  RaceJudge races_;
  ChannelSet channels_;
  TimerHeap<Timer> timers_;
  std::uint64_t next_channel_id_ = 1;
  std::list<wire::Frame> late_frames_;  // of this turn; mail may borrow their bytes
  std::uint64_t shut_by_ = 0;           // the id of the channel whose join has shut the gate, or 0
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SESSION_CORE_H_
