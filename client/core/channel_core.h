// ChannelCore: the rules of one channel: join, rejoin, leave, pushes, and what the server sends.
//
//   state     | event                        | next      | what happens
//   ----------+------------------------------+-----------+---------------------------------------
//   closed    | Join                         | joining   | phx_join, now or when the socket opens
//   joining   | reply ok                     | joined    | buffered pushes leave
//             | reply error                  | errored   | rejoin after back-off, if policy agrees
//             | timeout                      | errored   | phx_leave if it had been sent; back-off
//             | connection lost, if sent     | errored   | rejoin when the socket opens
//   joined    | phx_error, "unmatched topic" | errored   | rejoin after back-off
//             | connection lost              | errored   | rejoin when the socket opens
//   errored   | back-off over, socket opens  | joining   | phx_join with a new ref
//   any       | phx_close                    | closed    | stays so until Join
//             | Leave, if the server knows us| leaving   | phx_leave
//             | Leave, otherwise             | closed    |
//   leaving   | reply, phx_close, phx_error, | closed    |
//             |  timeout, connection lost    |           |
//             | Join                         | leaving   | joins as soon as the leave is over
//   any       | Remove                       | removed   | phx_leave if the server knows us
//
// A join never follows a leave on the wire before the server has answered the leave: Phoenix
// handles the two in different processes, and would often answer the first not at all.
#ifndef PHX_CLIENT_CORE_CHANNEL_CORE_H_
#define PHX_CLIENT_CORE_CHANNEL_CORE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/core/bindings.h"
#include "client/core/channel_pushes.h"
#include "client/core/context.h"
#include "client/core/hooks.h"
#include "client/core/inbound.h"
#include "client/core/push_table.h"
#include "client/core/states.h"
#include "client/core/status.h"
#include "client/wire/text.h"

namespace phx::core {

class ChannelCore {
 public:
  // `context` outlives the channel, and so does what `topic` borrows.
  ChannelCore(Context& context, ChannelId id, wire::Text topic);

  // What the next join sends: a fixed payload, or one that is asked for at every join
  // (RequestJoinParams).
  void SetJoinParams(wire::Payload params);
  void AskForJoinParams();

  // False if the channel cannot be joined now; the push then has its outcome (PushDone).
  bool Join(PushId push, Duration timeout);
  // Outcomes of the join are reported under `push` from now on, which may be kNobody.
  void RenameJoin(PushId push) { join_push_ = push; }
  void Leave(PushId push, Duration timeout);
  // `push` may be kNobody. The ref under which it was written; none if it was not, or not yet
  // (PushSent).
  Ref Push(PushId push, std::string_view event, wire::Payload&& payload, Duration timeout);
  // Returns the bindings and hooks that it had.
  std::vector<Ref> Remove();

  // Takes back a push that is still buffered; its outcome is kCancelled. False if it is not.
  bool CancelBuffered(PushId push) { return pushes_.CancelBuffered(push); }

  // The socket has opened.
  void OnSocketOpen();
  // The connection is gone.
  void OnConnectionLost(ChannelErrored::Cause cause, std::string_view reason);
  // Disconnect(): everything outstanding is cancelled, the wish to be joined stays.
  void OnDisconnect();

  // JoinPacer gave this channel its turn. False, if it does not want it any more.
  bool OnJoinTurn();
  void OnJoinParams(std::uint32_t serial, absl::StatusOr<wire::Payload> params);

  // A message of this channel's topic.
  void OnMessage(const Inbound& inbound);

  // What the channel waited for in its present state has taken too long, or is over.
  void OnTimer();
  void OnPushTimeout(PushTable::Index index) { pushes_.OnTimeout(index); }

  Bindings& bindings() { return bindings_; }
  Hooks& hooks() { return hooks_; }

  ChannelState state() const { return state_; }
  const ChannelStatus& status() const { return status_; }
  std::string_view topic() const { return topic_; }
  Ref join_ref() const { return join_ref_; }

 private:
  // How far a join in state joining has got.
  enum class JoinPhase : std::uint8_t {
    kWaiting,  // for the socket to open, or for its turn
    kAsking,   // for its params
    kSent,
  };

  // A leave that the server has not answered yet.
  struct Leaving {
    Ref ref;
    std::vector<PushId> pushes;  // one for each Leave()
  };

  // Enters `state`, for no longer than `limit`: OnTimer() says what happens then.
  void SetState(ChannelState state, std::optional<Duration> limit = std::nullopt);
  ChannelStatus::Kind KindOfStatus(bool has_limit) const;
  void RequestJoinTurn();
  void EndJoinTurn();
  void FinishJoin(absl::StatusOr<wire::Reply> outcome);

  void BeginJoin();
  void WriteJoin(const wire::Payload& params);
  void OnJoinReply(absl::StatusOr<wire::Reply> reply);
  void OnJoinAccepted(wire::Reply reply);
  void OnJoinRefused(wire::Reply reply);
  void OnJoinTimeout();
  void Retry(absl::StatusOr<wire::Reply> outcome);
  std::optional<Duration> NextRejoin();
  void LoseJoin(ChannelErrored::Cause cause, std::string_view reason);

  bool IsKnownToServer() const;
  Ref WriteLeave();
  void WriteLeaveAndForget();
  void LeaveLocally(PushId push);
  void FinishLeave(const absl::StatusOr<wire::Reply>& outcome);
  void TellLeavers(const absl::StatusOr<wire::Reply>& outcome);
  void Close(ChannelClosed::Cause cause);

  absl::Status CanPush() const;

  bool IsMember(const Inbound& inbound) const;
  bool EndsOurJoin(const Inbound& inbound) const;
  void OnReply(const Inbound& inbound);
  void OnServerClose();
  void OnServerError(const wire::Message& message);
  void OnUnmatchedTopic();

  std::string Describe(std::string_view what) const;

  template <typename... Parts>
  void Log(LogLevel level, const Parts&... parts) {
    const absl::string_view name(topic_.view().data(), topic_.size());
    context_.Log(level, "channel", "channel \"", name, "\": ", parts...);
  }

  Context& context_;
  const ChannelId id_;
  ChannelState state_ = ChannelState::kClosed;
  ChannelStatus status_;  // as it was told last
  JoinPhase join_phase_ = JoinPhase::kWaiting;
  bool waits_for_turn_ = false;  // stands in the JoinPacer's queue
  bool has_join_turn_ = false;   // holds a place in the JoinPacer's window
  bool asks_for_params_ = false;
  bool may_rejoin_ = true;   // the policy has not said stop
  bool was_joined_ = false;  // since Join(): the next join is a rejoin
  bool join_after_leave_ = false;
  bool leave_answered_ = false;  // by a reply that left open whether phx_close follows
  int rejoin_tries_ = 0;
  std::uint32_t join_serial_ = 0;  // of the RequestJoinParams under way
  const wire::Text topic_;
  std::unique_ptr<const wire::Payload> params_;  // nullptr: none
  Ref join_ref_;  // of the join that was sent last; none once it is lost
  PushId join_push_ = kNobody;
  Duration join_timeout_{0};
  Duration rejoin_wait_{0};  // the last back-off: a join that outlives it is a success
  TimePoint joined_at_;
  std::unique_ptr<Leaving> leaving_;  // in state leaving
  ChannelPushes pushes_;
  Bindings bindings_;
  Hooks hooks_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_CHANNEL_CORE_H_
