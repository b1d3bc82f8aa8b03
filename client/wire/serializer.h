// Serializer: turns messages into frames and back. One for each version of the protocol; users may
// bring their own (SocketOptions::serializer).
//
// A serializer has no state: all functions may be called from several threads at once.
#ifndef PHX_CLIENT_WIRE_SERIALIZER_H_
#define PHX_CLIENT_WIRE_SERIALIZER_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/frame.h"
#include "client/wire/message.h"

namespace phx::wire {

class Serializer {
 public:
  virtual ~Serializer() = default;

  // What the connection's `vsn` parameter says, such as "2.0.0".
  virtual std::string_view version() const = 0;

  // Serializer::Encode()
  //
  // Appends the frame of `message` to `out` and returns its type. On error `out` is as it was:
  // kInvalidArgument for a message that this version cannot carry (a field over 255 bytes in a
  // binary frame, a binary payload on V1, a payload whose status() is not OK).
  virtual absl::StatusOr<FrameType> Encode(const Message& message, std::string& out) const = 0;

  // Serializer::Decode()
  //
  // The message in `frame`, whose bytes the result may borrow. kDataLoss, with what is wrong and
  // where, for anything that is not a message. Never throws. That a text frame is UTF-8 is the
  // transport's business (RFC 6455 8.1) and not checked again.
  virtual absl::StatusOr<Message> Decode(FrameView frame) const = 0;

  // Serializer::DecodeTo()
  //
  // Optional, for speed: the same into `message`, whatever that holds; after an error it holds
  // anything. To move a message costs as much as to read one, and the socket reads all into the
  // same.
  virtual absl::Status DecodeTo(FrameView frame, Message& message) const {
    absl::StatusOr<Message> decoded = Decode(frame);
    if (!decoded.ok()) return decoded.status();
    message = *std::move(decoded);
    return absl::OkStatus();
  }
};

}  // namespace phx::wire

#endif  // PHX_CLIENT_WIRE_SERIALIZER_H_
