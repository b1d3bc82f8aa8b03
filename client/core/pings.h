// Pings: the round trips that somebody is measuring right now.
//
// A ping is a heartbeat of the user's own: its reply is known by its ref, and says how long the way
// to the server and back takes. It neither replaces nor postpones the connection's heartbeats.
#ifndef PHX_CLIENT_CORE_PINGS_H_
#define PHX_CLIENT_CORE_PINGS_H_

#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "client/core/action.h"
#include "client/core/context.h"
#include "client/core/time.h"
#include "client/wire/ref.h"

namespace phx::core {

class Pings {
 public:
  // `context` outlives this object.
  explicit Pings(Context& context) : context_(context) {}

  // Sends a ping. Its one outcome (PingDone) is the round trip's time; kUnavailable while no
  // connection is open; kResourceExhausted if the network does not keep up; kDeadlineExceeded if
  // the server does not answer within CoreOptions::heartbeat_timeout.
  void Start(PingId id);

  // The server replied to `ref`. False if that is no ping's.
  bool OnReply(Ref ref) { return !pings_.empty() && Finish(ref); }

  // The connection is gone: all of them end with `status`.
  void Fail(const absl::Status& status);

  std::optional<TimePoint> NextDeadline() const;
  void OnDeadline();

 private:
  struct Ping {
    PingId id = 0;
    Ref ref;
    TimePoint sent_at;
  };

  bool Finish(Ref ref);
  TimePoint DeadlineOf(const Ping& ping) const;

  Context& context_;
  std::vector<Ping> pings_;  // oldest first; all have the same timeout, so it is due first
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_PINGS_H_
