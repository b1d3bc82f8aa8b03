// What the parts of long polling say to one another. As in Phoenix there are two kinds: a session,
// which outlives many requests, and a request, which waits for the session's answer. They live on
// different threads if their connections do, and share nothing but these messages.
#ifndef PHX_MOCKSERVER_LONG_POLL_PORT_H_
#define PHX_MOCKSERVER_LONG_POLL_PORT_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "client/wire/frame.h"

namespace phx::mock {

// From a session to a request.
struct LongPollReply {
  enum class Kind : std::uint8_t {
    kSubscribed,    // to kSubscribe: the session lives
    kMessages,      // to kFlush: `messages`, in their order
    kNowAvailable,  // to a kFlush that found nothing: there is something now, flush again
    kDispatched,    // to kDispatch: the socket has handled the frame
    kForgotten,     // to anything: the session has been forgotten (Server::ForgetSessions)
  };
  Kind kind = Kind::kSubscribed;
  std::vector<std::string> messages = {};
};

// A request. Threads: any.
class LongPollCaller {
 public:
  virtual ~LongPollCaller() = default;
  // Hands over `reply` as a turn of its own on the request's thread.
  virtual void Post(LongPollReply reply) = 0;
};

// From a request to a session.
struct LongPollCall {
  enum class Kind : std::uint8_t {
    kSubscribe,  // are you there?
    kFlush,      // give me what you have for the client, now or when there is something
    kDispatch,   // `frame` is from the client
    kForget,     // end; from nobody
  };
  Kind kind = Kind::kSubscribe;
  wire::Frame frame = {};
  std::weak_ptr<LongPollCaller> caller = {};
};

// A session. Threads: any.
class LongPollCallee {
 public:
  virtual ~LongPollCallee() = default;
  // Hands over `call` as a turn of its own on the session's thread.
  virtual void Post(LongPollCall call) = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LONG_POLL_PORT_H_
