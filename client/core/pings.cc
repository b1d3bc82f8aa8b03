#include "client/core/pings.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace phx::core {

void Pings::Start(PingId id) {
  absl::StatusOr<Ref> sent =
      absl::UnavailableError(absl::StrCat("ping ", context_.endpoint, ": not connected"));
  if (context_.is_open() && context_.HasBacklogRoom()) {
    sent = context_.SendHeartbeat();
  } else if (context_.is_open()) {
    sent = absl::ResourceExhaustedError(absl::StrCat("ping ", context_.endpoint,
                                                     ": the network has not taken ",
                                                     context_.backlog, " bytes yet"));
  }
  if (sent.ok()) {
    pings_.push_back({id, *sent, context_.now});
  } else {
    context_.actions.Add(PingDone{id, sent.status()});
  }
}

bool Pings::Finish(Ref ref) {
  const auto ping =
      std::find_if(pings_.begin(), pings_.end(), [&](const Ping& p) { return p.ref == ref; });
  if (ping == pings_.end()) return false;
  context_.actions.Add(PingDone{ping->id, context_.now - ping->sent_at});
  pings_.erase(ping);
  return true;
}

void Pings::Fail(const absl::Status& status) {
  for (const Ping& ping : std::exchange(pings_, {})) {
    context_.actions.Add(PingDone{ping.id, status});
  }
}

std::optional<TimePoint> Pings::NextDeadline() const {
  if (pings_.empty()) return std::nullopt;
  return DeadlineOf(pings_.front());
}

void Pings::OnDeadline() {
  while (!pings_.empty() && DeadlineOf(pings_.front()) <= context_.now) {
    context_.actions.Add(
        PingDone{pings_.front().id,
                 absl::DeadlineExceededError(absl::StrCat(
                     "ping ", context_.endpoint, ": not answered within ",
                     absl::FormatDuration(absl::FromChrono(context_.options.heartbeat_timeout))))});
    pings_.erase(pings_.begin());
  }
}

TimePoint Pings::DeadlineOf(const Ping& ping) const {
  return DeadlineAfter(ping.sent_at, context_.options.heartbeat_timeout);
}

}  // namespace phx::core
