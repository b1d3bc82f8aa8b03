// How a session is reached: by the handles that channels give away (SessionPort, from any thread),
// and by whoever drives it (SessionHost, on its thread).
#ifndef PHX_MOCKSERVER_SESSION_PORT_H_
#define PHX_MOCKSERVER_SESSION_PORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "mockserver/channel.h"
#include "mockserver/json_term.h"
#include "mockserver/time_point.h"

namespace phx::mock {

// What others may ask of a session, on its thread. A channel is named by its id; one that has ended
// does nothing.
class SessionRequests {
 public:
  virtual ~SessionRequests() = default;

  virtual void ReplyLate(TimePoint now, const JsonTerm& join_ref, const JsonTerm& ref,
                         std::string_view topic, std::string_view status,
                         const Payload& response) = 0;
  // nullopt: the join crashed.
  virtual void AnswerJoin(TimePoint now, std::uint64_t channel_id,
                          std::optional<JoinResult> result) = 0;
  virtual void SendInfo(TimePoint now, std::uint64_t channel_id, Info info) = 0;
  virtual void PushFrom(TimePoint now, std::uint64_t channel_id, std::string_view event,
                        const Payload& payload) = 0;
  virtual void StopChannel(TimePoint now, std::uint64_t channel_id, StopReason reason) = 0;
};

class SessionPort {
 public:
  using Task = std::function<void(SessionRequests& session, TimePoint now)>;

  virtual ~SessionPort() = default;

  // Runs `task` on the session's thread, as a turn of its own, unless the connection is gone by
  // then. Threads: any.
  virtual void Post(Task task) = 0;
};

class SessionHost {
 public:
  virtual ~SessionHost() = default;

  // The session has something in its outbox, or its NextDeadline() has come nearer: see to both at
  // the end of the turn.
  virtual void OnChange() = 0;

  // For the handles.
  virtual std::weak_ptr<SessionPort> port() = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SESSION_PORT_H_
