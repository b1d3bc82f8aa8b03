// ClientMessage: what a client sent, decoded.
#ifndef PHX_MOCKSERVER_CLIENT_MESSAGE_H_
#define PHX_MOCKSERVER_CLIENT_MESSAGE_H_

#include "client/wire/payload.h"
#include "mockserver/json_term.h"

namespace phx::mock {

// Borrows the bytes of the frame wherever it can; a copy owns everything.
struct ClientMessage {
  JsonTerm join_ref = {};
  JsonTerm ref = {};
  JsonTerm topic = {};
  JsonTerm event = {};
  wire::Payload payload = {};
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CLIENT_MESSAGE_H_
