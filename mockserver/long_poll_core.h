// LongPollCore: one session of long polling, as Phoenix.Transports.LongPoll.Server is: the requests
// of a client in, their answers out. The socket in it is a SessionCore, the same as a WebSocket's.
// No I/O, no clock.
//
//   LongPollCore core(options, now, shard, host);
//   core.OnCall(now, call);      // a turn
//   shard.FinishTurn(now);
//   core.Flush(now);             // whoever waits is told
//   timer: core.NextDeadline() -> core.OnDeadline(now)
//
// What is to be sent waits here until a request takes it. While a join blocks the socket
// (session_core.h) the session hears nothing: its calls wait too. A session that nobody has asked
// for messages for one and a half windows ends; whether it is so is looked at once in that time. An
// end is silent: requests that wait are not told, and time out.
#ifndef PHX_MOCKSERVER_LONG_POLL_CORE_H_
#define PHX_MOCKSERVER_LONG_POLL_CORE_H_

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/wire/frame.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/session_core.h"
#include "mockserver/session_port.h"
#include "mockserver/shard.h"
#include "mockserver/time_point.h"

namespace phx::mock {

class LongPollCore {
 public:
  // The socket in `options` must serve long polling.
  LongPollCore(SessionOptions options, TimePoint now, Shard& shard, SessionHost& host);

  void OnCall(TimePoint now, LongPollCall call);

  void OnDeadline(TimePoint now);
  std::optional<TimePoint> NextDeadline() const;

  // Ends the turn.
  void Flush(TimePoint now);

  // Ends the session.
  void End(TimePoint now);
  bool is_over() const { return is_over_; }

  // The bytes that wait for a request to take them.
  std::size_t unsent_bytes() const { return message_bytes_ + session_.held_output(); }

  SessionCore& session() { return session_; }

 private:
  void Work(TimePoint now);
  void Handle(TimePoint now, LongPollCall& call);
  void Dispatch(TimePoint now, LongPollCall& call);
  void AnswerDispatched();
  void Forget(TimePoint now);
  bool is_inactive(TimePoint now) const { return now - last_poll_ >= patience_; }

  SessionCore session_;
  const Duration patience_;
  TimePoint last_poll_;
  TimePoint next_check_;
  std::deque<LongPollCall> calls_;
  std::list<wire::Frame> dispatched_;  // of this turn; their bytes are borrowed
  std::vector<std::string> messages_;
  std::size_t message_bytes_ = 0;                             // of messages_
  std::weak_ptr<LongPollCaller> flusher_;                     // whoever found nothing
  std::optional<std::weak_ptr<LongPollCaller>> dispatching_;  // whose frame is being handled
  bool is_over_ = false;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LONG_POLL_CORE_H_
