// ServerSerializer: Phoenix's serializers, in the server's direction: reads what clients send,
// writes what servers send. Written from Phoenix's side and independently of the client's, so that
// a mistake on one side shows.
//
//   V2  text    [join_ref, ref, topic, event, payload]                       both ways
//       binary  00 jl rl tl el join_ref ref topic event data                 from the client
//               00 jl    tl el join_ref     topic event data                 push to the client
//               01 jl rl tl sl join_ref ref topic status data                reply to the client
//               02       tl el              topic event data                 broadcast to the
//               client
//   V1  text    {"topic": …, "event": …, "payload": …, "ref": …}             both ways
//
// (jl and so on: one byte, the length of the field in bytes.) A reply is an event "phx_reply" with
// the payload {"response": …, "status": …}.
//
// Threads: a value without state.
#ifndef PHX_MOCKSERVER_SERVER_SERIALIZER_H_
#define PHX_MOCKSERVER_SERVER_SERIALIZER_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/wire/frame.h"
#include "client/wire/payload.h"
#include "mockserver/channel.h"
#include "mockserver/client_message.h"
#include "mockserver/json_term.h"

namespace phx::mock {

class ServerSerializer {
 public:
  explicit ServerSerializer(ProtocolVersion version) : version_(version) {}

  ProtocolVersion version() const { return version_; }

  // ServerSerializer::Decode()
  //
  // The message in `frame`, which borrows the frame's bytes. Any JSON is taken for any of its
  // fields; elements of an array beyond the fifth and keys that are not the protocol's are ignored.
  // kDataLoss for what makes a socket of Phoenix crash: text that is not JSON, too few elements, a
  // missing key, a binary frame whose fields are longer than it; and, though Phoenix takes it, for
  // JSON of which JsonReader says that it is too deep.
  absl::Status Decode(wire::FrameView frame, ClientMessage& message) const;

  // The functions below append a frame to `out` and return its type. On error `out` is as it was:
  // kInvalidArgument for a binary payload on V1, for one whose fields are over 255 bytes long, for
  // a push or broadcast on V2 that is neither an object nor binary, and for a payload whose
  // status() is not OK.

  absl::StatusOr<wire::FrameType> EncodeReply(const JsonTerm& join_ref, const JsonTerm& ref,
                                              const JsonTerm& topic, std::string_view status,
                                              const wire::Payload& response,
                                              std::string& out) const;

  // A push, or phx_close and phx_error, which have a ref.
  absl::StatusOr<wire::FrameType> EncodePush(const JsonTerm& join_ref, const JsonTerm& ref,
                                             std::string_view topic, std::string_view event,
                                             const wire::Payload& payload, std::string& out) const;

  absl::StatusOr<wire::FrameType> EncodeBroadcast(std::string_view topic, std::string_view event,
                                                  const wire::Payload& payload,
                                                  std::string& out) const;

 private:
  ProtocolVersion version_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SERVER_SERIALIZER_H_
