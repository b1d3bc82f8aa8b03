// Actions of the protocol core as lines of text, for transcripts and for tests that compare them.
#ifndef PHX_TESTING_ACTION_TEXT_H_
#define PHX_TESTING_ACTION_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "client/core/action.h"
#include "client/core/notification.h"
#include "client/core/socket_core.h"
#include "client/wire/reply.h"

namespace phx::test {

// "ok {}", "DEADLINE_EXCEEDED: …".
std::string OutcomeText(const absl::StatusOr<wire::Reply>& outcome);

// What a handler is told: "open", "close(1006, reconnect in 10ms)", "error(connection lost)",
// "new_msg {"body":"hi"}", …
std::string NotificationText(const core::Notification& notification);

// One line. `core` has the frames.
std::string ActionText(const core::Action& action, const core::SocketCore& core);

}  // namespace phx::test

#endif  // PHX_TESTING_ACTION_TEXT_H_
