// Replay: plays the driver's part of a transcript against a server and demands that the server
// plays its own.
//
//   std::vector<std::string> differences = Replay(transcript, {}, target);
//   EXPECT_THAT(differences, IsEmpty());
//
// What must be equal: HTTP status, headers and body; the frames of each connection, in their order:
// type, refs, topic, event and payload as parsed JSON, bytes of binary frames, close codes; that
// the connection ends where it ended. Nothing else may come. What may differ: the texts of equal
// JSON (the order of keys, the form of numbers), dates, request ids, the accept key, presence refs
// (by their shape), and the order of frames on different connections.
#ifndef PHX_TESTING_GOLDENS_REPLAY_H_
#define PHX_TESTING_GOLDENS_REPLAY_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/wire/websocket_frame.h"
#include "testing/goldens/transcript.h"

namespace phx::test {

// An HTTP request as it goes over the wire.
struct RawRequest {
  std::string method = {};
  std::string target = {};
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// What the server did on one connection.
struct ServerEvent {
  enum class Kind : std::uint8_t { kResponse, kFrame, kTcpClose };
  Kind kind = Kind::kFrame;

  // kResponse
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers = {};  // names in lower case

  // kFrame
  wire::WebSocketOpcode opcode = wire::WebSocketOpcode::kText;
  std::uint16_t close_code = 0;

  std::string data = {};  // body, payload or reason
};
std::ostream& operator<<(std::ostream& os, const ServerEvent& event);

// A server that a transcript can be replayed against.
class ReplayTarget {
 public:
  virtual ~ReplayTarget() = default;

  // Opens a connection of that name and sends `request` on it.
  virtual void Request(const std::string& connection, const RawRequest& request) = 0;
  // Sends WebSocket frames in one piece. Ignored if the connection has ended.
  virtual void Send(const std::string& connection, std::string_view bytes) = 0;
  // Ends the connection without a close frame.
  virtual void Disconnect(const std::string& connection) = 0;
  // Lets time pass until that long after the beginning. Where time is real this does nothing.
  virtual void AdvanceTo(std::chrono::milliseconds time) = 0;

  // The next thing that the server does on the connection; waits for it as long as it may take.
  // nullopt if nothing comes.
  virtual std::optional<ServerEvent> Await(const std::string& connection) = 0;
  // What else has come on the connection by now, if anything.
  virtual std::optional<ServerEvent> Poll(const std::string& connection) = 0;

  // What the recorded application did on an HTTP request of an administrator.
  virtual void Broadcast(const std::string& topic, const std::string& event) = 0;
  virtual void StopServer() = 0;
};

// What differed, one sentence each, with the line of the transcript. Empty: nothing. The
// connections named in `left_out`, and requests for long polling, are not played.
std::vector<std::string> Replay(const Transcript& transcript, const std::set<std::string>& left_out,
                                ReplayTarget& target);

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_REPLAY_H_
