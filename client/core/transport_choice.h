// TransportChoice: which of two transports an attempt to connect is made with. The first is wanted
// (WebSocket); the fallback is there for networks that do not let the first one through (long
// polling).
//
// An attempt is healthy when the server has answered something on it; it is unhealthy when it fails
// or ends before that. The opening alone says nothing: some proxies let a WebSocket open and
// nothing through it.
//
//   the first transport …             the next attempt is made with …
//   ---------------------------------+------------------------------------------------------------
//   was never healthy, failed once    the fallback
//   was healthy once, and then        the fallback
//     unhealthy max_unhealthy times
//     in a row
//   and the fallback has failed too   the first one: it is not the transport's fault
//   and the fallback is healthy       the fallback, for as long as `memory`, or until it has been
//                                     unhealthy max_unhealthy times in a row; if the first one was
//                                     healthy once, the first one, with one try
//
// When `memory` is over, a connection of the fallback is replaced, so that no outage at the start
// decides for ever.
#ifndef PHX_CLIENT_CORE_TRANSPORT_CHOICE_H_
#define PHX_CLIENT_CORE_TRANSPORT_CHOICE_H_

#include <optional>

#include "client/core/action.h"
#include "client/core/options.h"
#include "client/core/time.h"

namespace phx::core {

class TransportChoice {
 public:
  // Without a policy it is always the first one. A max_unhealthy below 1 is 1.
  explicit TransportChoice(const std::optional<FallbackPolicy>& policy);

  // Chooses for an attempt that begins now.
  TransportKind Choose(TimePoint now);

  // What became of the attempt that was chosen for last; either is told once.
  void OnHealthy(TimePoint now);
  void OnUnhealthy();

  TransportKind current() const { return current_; }

  // Whether the attempt under way is one of which it must be found out whether it is healthy, and
  // whether that has ever been so.
  bool is_on_trial() const { return policy_.has_value() && current_ == TransportKind::kPrimary; }
  bool was_healthy() const { return was_healthy_; }

  // When the connection that stands is to be replaced by one of the first transport.
  std::optional<TimePoint> ReturnAt() const { return return_at_; }

 private:
  std::optional<FallbackPolicy> policy_;
  TransportKind current_ = TransportKind::kPrimary;
  bool was_healthy_ = false;    // the first one
  int unhealthy_ = 0;           // attempts with it in a row
  int fallback_unhealthy_ = 0;  // the same of the other one
  std::optional<TimePoint> remembered_until_;
  std::optional<TimePoint> return_at_;
};

}  // namespace phx::core

#endif  // PHX_CLIENT_CORE_TRANSPORT_CHOICE_H_
