// ConnectionCore: the rules of a socket's connection: when to dial, when to give up, how long to
// wait, heartbeats, and the way it closes.
//
//   state      | event                         | next       | what happens
//   -----------+-------------------------------+------------+------------------------------------
//   closed     | Connect, back-off over        | connecting | dial
//   connecting | opened                        | open       | heartbeats begin
//              | failed, connect timeout       | closed     | OnError; back-off
//              | Disconnect                    | closed     | the attempt is dropped
//   open       | closed by the peer, lost      | closed     | OnClose; back-off
//              | heartbeat unanswered          | closed     | close 1000, bounded; back-off
//              | Disconnect                    | closing    | close with the handshake, bounded
//   closing    | closed, bound passed          | closed     | OnClose
//              | Connect                       | connecting | dial; the old one closes on its own
//
// With a fallback (transport_choice.h) each attempt is made with one of two transports. One with
// the first is on trial until the server has answered something: a heartbeat is sent right at the
// opening, and as long as none was ever answered, dialling and that heartbeat have to succeed
// within FallbackPolicy::health_timeout each.
//
// One wish decides whether a closed connection is dialled again: Connect() sets it; Disconnect()
// and a reconnect predicate that says no clear it. The count of tries starts over when a connection
// has proved itself, not when it merely opened. The back-off of an attempt that the server refused
// with Retry-After begins when that time is over.
#ifndef PHX_CLIENT_CORE_CONNECTION_CORE_H_
#define PHX_CLIENT_CORE_CONNECTION_CORE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/core/context.h"
#include "client/core/hooks.h"
#include "client/core/notification.h"
#include "client/core/status.h"
#include "client/core/time.h"
#include "client/core/transport_choice.h"

namespace phx::core {

class ConnectionCore {
 public:
  // An open connection has ended. The channels hear of it before the hooks do.
  struct Loss {
    ChannelErrored::Cause cause;
    std::string reason;
    // What the hooks are told now; nullptr where they are told later, when closing is over.
    std::shared_ptr<const SocketClosed> closed;
  };

  // `context` and `hooks` outlive the connection.
  ConnectionCore(Context& context, const Hooks& hooks)
      : context_(context), hooks_(hooks), choice_(context.options.fallback) {}

  void Connect();
  std::optional<Loss> Disconnect(const wire::CloseInfo& info);
  std::optional<Loss> Reconnect();

  void OnStage(Generation generation, ConnectStage stage, std::string_view detail);
  // False if `generation` is not the attempt under way.
  bool OnOpen(Generation generation, bool skip_heartbeat);
  std::optional<Loss> OnClosed(Generation generation, TransportClosed closed);

  // True if `ref` is that of the heartbeat under way, which is thereby answered.
  bool OnReply(Ref ref);

  // The server answered something that it answers only when all is well.
  void OnProven() {
    tries_ = 0;
    if (!is_healthy_) BecomeHealthy();
  }

  std::optional<TimePoint> NextDeadline() const;
  std::optional<Loss> OnDeadline();

  SocketStatus status() const;
  ConnectionState state() const { return status().state(); }

 private:
  enum class Phase : std::uint8_t { kIdle, kConnecting, kOpen };

  // A connection that was told to close, while the socket may be dialling the next one already.
  struct Closing {
    Generation generation;
    TimePoint deadline;
    bool is_announced;  // the hooks have heard of it
  };

  void Dial();
  void Idle();
  // Drops the attempt, or replaces the connection, and dials.
  std::optional<Loss> Redial(const std::string& why);
  Duration ConnectTimeout() const;
  void StartTrial();
  void ScheduleHeartbeat();
  void BecomeHealthy();
  void BecomeUnhealthy();
  void StartClosing(const wire::CloseInfo& info, bool is_announced);
  void AbandonClosing();
  void EndClosing(SocketClosed closed);
  void AnnounceClosed(SocketClosed closed);
  void FailAttempt(TransportClosed closed);
  std::optional<Duration> ScheduleReconnect(SocketClosed& closed,
                                            std::optional<std::chrono::seconds> retry_after = {});
  Duration WaitBeforeReconnect(std::optional<std::chrono::seconds> retry_after);
  bool ShouldReconnect(const SocketClosed& closed) const;

  std::string WhatIsAwaited() const;
  absl::Status SendHeartbeat(Duration timeout);
  void TellOfHeartbeat(const Heartbeat& heartbeat);
  Loss GiveUp(ChannelErrored::Cause cause, std::string_view reason, absl::Status status);
  void AnnounceStatus();

  Context& context_;
  const Hooks& hooks_;
  Phase phase_ = Phase::kIdle;
  bool is_wanted_ = false;
  std::optional<ConnectStage> stage_;  // of the attempt; none before its transport is made
  SocketStatus announced_;
  int tries_ = 0;
  Generation generation_ = 0;  // of the last attempt
  // connecting: the connect timeout; open: the next heartbeat or its timeout; idle: the next try.
  std::optional<TimePoint> deadline_;
  Ref heartbeat_ref_;               // of the heartbeat that is not answered yet
  Duration heartbeat_patience_{0};  // with it
  TimePoint heartbeat_sent_at_;
  TransportChoice choice_;
  bool is_healthy_ = false;  // the server has answered something on the present attempt
  std::optional<Closing> closing_;
  std::string stage_detail_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_CONNECTION_CORE_H_
