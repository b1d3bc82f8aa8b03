// Reply: the server's answer to a push, a join or a leave.
#ifndef PHX_CLIENT_WIRE_REPLY_H_
#define PHX_CLIENT_WIRE_REPLY_H_

#include <ostream>

#include "absl/status/statusor.h"
#include "client/wire/decode_payload.h"
#include "client/wire/message.h"
#include "client/wire/payload.h"
#include "client/wire/text.h"

namespace phx::wire {

struct Reply {
  Text status = {};       // "ok", "error", or any other status that the application uses
  Payload response = {};  // any JSON, or bytes

  bool ok() const { return status == "ok"; }

  // The response as a value of a type of your own, whatever the status: DecodePayload().
  template <typename T>
  absl::StatusOr<T> As() const {
    return DecodePayload<T>(response);
  }

  friend bool operator==(const Reply&, const Reply&) = default;
  friend std::ostream& operator<<(std::ostream& os, const Reply& reply) {
    return os << reply.status << ' ' << reply.response;
  }
};

// The reply in a phx_reply message. It points into the bytes of `message`, which must outlive it; a
// copy of it owns its own. A missing "response" reads as {}. kDataLoss if the payload is not an
// object with a string "status"; what is malformed inside the response shows in its json().
absl::StatusOr<Reply> ParseReply(const Message& message);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_REPLY_H_
