// ReplayTarget: a server that a transcript can be replayed against; and what goes to it and comes
// from it.
#ifndef PHX_TESTING_GOLDENS_REPLAY_TARGET_H_
#define PHX_TESTING_GOLDENS_REPLAY_TARGET_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"

namespace phx::test {

// An HTTP request as it goes over the wire.
struct RawRequest {
  std::string method = {};
  std::string target = {};
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
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
  bool compressed = false;  // a message by permessage-deflate; `data` is as it came

  std::string data = {};  // body, payload or reason
};
std::ostream& operator<<(std::ostream& os, const ServerEvent& event);

// Appends the frames that `decoder`, a client's, finds in the next bytes from the server. What is
// against the protocol ends them, as a close frame with the code that it is to be answered with.
void AppendFrames(wire::WebSocketFrameDecoder& decoder, std::string bytes,
                  std::deque<ServerEvent>& events);

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

  // What SIGTERM did to the recorded server.
  virtual void StopServer() = 0;
};

}  // namespace phx::test

#endif  // PHX_TESTING_GOLDENS_REPLAY_TARGET_H_
