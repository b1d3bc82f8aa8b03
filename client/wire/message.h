// Message: one message of the Phoenix channel protocol, in either direction.
//
//   wire::Message join{.join_ref = "1", .ref = "1", .topic = "room:1", .event = events::kJoin};
//
// A message that a handler receives borrows the read buffer for as long as the handler runs; a copy
// of it owns everything (see text.h).
#ifndef PHX_CLIENT_WIRE_MESSAGE_H_
#define PHX_CLIENT_WIRE_MESSAGE_H_

#include <optional>
#include <ostream>

#include "client/wire/payload.h"
#include "client/wire/text.h"

namespace phx::wire {

struct Message {
  // The ref of the join that this message belongs to; absent on broadcasts and heartbeats, and
  // always on V1.
  std::optional<Text> join_ref = std::nullopt;
  // The sender's ref; a reply repeats it. Absent on pushes and broadcasts from the server.
  // A peer that sends a number instead of a string is understood: the number's text stands here.
  std::optional<Text> ref = std::nullopt;
  Text topic = {};
  Text event = {};
  Payload payload = {};
  // Set on binary replies only, whose frame holds the status beside the payload. Other replies
  // hold it inside their payload; ParseReply() (reply.h) reads both.
  std::optional<Text> status = std::nullopt;

  friend bool operator==(const Message&, const Message&) = default;
};

std::ostream& operator<<(std::ostream& os, const Message& message);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_MESSAGE_H_
