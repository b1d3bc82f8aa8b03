// The binary frames of protocol V2, in the client's direction.
//
// All lengths are one unsigned byte and count UTF-8 bytes; there is no padding:
//
//   client → server push   00 | join_ref ref topic event  (four lengths) | the four texts | data
//   server → client push   00 | join_ref topic event      (three)        | …              | data
//   server → client reply  01 | join_ref ref topic status (four)         | …              | data
//   server → client broadcast 02 | topic event            (two)          | …              | data
//
// Kind 0 differs by direction: a push from the server has no ref.
#ifndef PHX_CLIENT_WIRE_BINARY_FRAME_H_
#define PHX_CLIENT_WIRE_BINARY_FRAME_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/message.h"

namespace phx::wire {

// Appends the client's push frame of `message`, whose payload is binary. kInvalidArgument, with
// `out` as it was, if one of the four fields is longer than 255 bytes.
absl::Status EncodeBinaryPush(const Message& message, std::string& out);

// The message in a frame from the server; it borrows `data`. A reply gets the event phx_reply and
// its status in Message::status. kDataLoss for an unknown kind or a frame that is too short.
absl::StatusOr<Message> DecodeBinaryFrame(std::string_view data);

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_BINARY_FRAME_H_
