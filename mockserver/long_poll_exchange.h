// LongPollExchange: one request of a client that polls, until its answer: what Plug's process does
// in Phoenix.Transports.LongPoll. No I/O, no clock.
//
//   LongPollExchange exchange(socket, std::move(request), std::move(info), server, caller);
//   exchange.Start(now);
//   caller's Post(reply) -> exchange.OnReply(now, reply)
//   timer: exchange.NextDeadline() -> exchange.OnDeadline(now)
//   after each: if (std::optional<HttpAnswer> answer = exchange.TakeAnswer()) …
//
// A GET with the token of a session that lives waits for messages, for a window; any other GET
// begins a session. A POST hands its frames to the session one by one; each must have been handled
// before the next is sent, within a window. A session that does not even say that it is there is
// given up after `pubsub_timeout`.
#ifndef PHX_MOCKSERVER_LONG_POLL_EXCHANGE_H_
#define PHX_MOCKSERVER_LONG_POLL_EXCHANGE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/wire/frame.h"
#include "mockserver/endpoint.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/long_poll_port.h"
#include "mockserver/long_poll_sessions.h"
#include "mockserver/time_point.h"
#include "mockserver/user_socket.h"

namespace phx::mock {

// The server, to an exchange.
class LongPollHome {
 public:
  virtual ~LongPollHome() = default;

  virtual const Endpoint& endpoint() = 0;
  virtual LongPollSessions& sessions() = 0;
  // Begins a session, to be found among the sessions at `topic`. False if there are too many.
  virtual bool StartSession(const UserSocket& socket, const std::string& topic,
                            Admission admission) = 0;
};

class LongPollExchange {
 public:
  // `socket` and `home` must outlive this. `caller` is who passes on the replies.
  LongPollExchange(const UserSocket& socket, HttpRequest request, ConnectInfo info,
                   LongPollHome& home, std::weak_ptr<LongPollCaller> caller);

  void Start(TimePoint now);
  void OnReply(TimePoint now, const LongPollReply& reply);
  void OnDeadline(TimePoint now);
  std::optional<TimePoint> NextDeadline() const { return deadline_; }

  // The answer, once, when there is one.
  std::optional<HttpAnswer> TakeAnswer();

  bool is_post() const { return request_.method == "POST"; }
  // Whether it is a GET that names a session, rightly or not.
  bool is_poll() const { return !is_post() && !token_.empty(); }

 private:
  enum class State : std::uint8_t { kNew, kSubscribing, kPolling, kDispatching, kAnswered };

  const Flavor& flavor() const { return home_.endpoint().flavor(); }
  bool Resume(TimePoint now);
  void NotResumed(TimePoint now);
  void StartSession(TimePoint now);
  void Call(LongPollCall::Kind kind, wire::Frame frame = {});
  void Poll(TimePoint now);
  void StartDispatching(TimePoint now);
  void DispatchNext(TimePoint now);
  void Answer(HttpAnswer answer);
  void AnswerMessages(int status, const std::vector<std::string>& messages);

  const UserSocket& socket_;
  const HttpRequest request_;
  const ConnectInfo info_;
  LongPollHome& home_;
  const std::weak_ptr<LongPollCaller> caller_;
  State state_ = State::kNew;
  std::optional<TimePoint> deadline_;
  std::string token_;
  std::shared_ptr<LongPollCallee> session_;  // null if it is dead
  std::vector<wire::Frame> batch_;
  std::size_t next_ = 0;  // of batch_
  std::optional<HttpAnswer> answer_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LONG_POLL_EXCHANGE_H_
