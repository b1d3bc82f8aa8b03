// Diagnosis: what the client tells of something that went wrong, as a Failure: of which kind it is.
//
// Kinds, by stage:
//
//   connect      dns  refused  unreachable  tcp  tls  upgrade  handshake  http_403 (any status)
//                timeouts: dns_timeout  tcp_timeout  tls_timeout  upgrade_timeout
//                limits of this machine: local_ports  descriptors
//   connection   close_1012 (any code)  heartbeat_timeout  reset  eof  protocol_error
//                message_too_big  malformed_frame
//   channel      crashed  unmatched_topic  closed
//   join, push   "error: unauthorized": the status of the reply, and the "reason" in its response
//
// All else has no kind: its cause says all that is known.
#ifndef PHX_LOADGEN_DIAGNOSIS_H_
#define PHX_LOADGEN_DIAGNOSIS_H_

#include "absl/status/statusor.h"
#include "client/push.h"
#include "client/socket.h"
#include "loadgen/failure.h"

namespace phx::loadgen {

// An attempt to connect that failed.
Failure Diagnose(const SocketError& error);

// A connection that ended. `missed_heartbeat`: it was given up because a heartbeat was not
// answered.
Failure Diagnose(const SocketClosed& closed, bool missed_heartbeat);

// A channel that lost its join by itself: crashed, or unknown to the server.
Failure Diagnose(const ChannelErrored& errored);

// A join or a push without "ok".
Failure Diagnose(Stage stage, const absl::StatusOr<Reply>& outcome);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_DIAGNOSIS_H_
