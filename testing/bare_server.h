// BareServer: the server's end of one WebSocket connection, on bare sockets: frames come, frames
// go, and the caller says when.
//
//   BareServer server;
//   …a client connects to ws://127.0.0.1:server.port()/…
//   server.Accept();
//   while (server.Read([&](wire::FrameView message) { server.Append(message); })) server.Flush();
//
// Whatever goes wrong ends the program, except that a client that is gone gets nothing.
//
// Threads: none of its own; one at a time.
#ifndef PHX_TESTING_BARE_SERVER_H_
#define PHX_TESTING_BARE_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "client/wire/frame.h"
#include "client/wire/websocket_frame_decoder.h"

namespace phx::test {

class BareServer {
 public:
  using OnMessage = std::function<void(wire::FrameView message)>;

  // Listens on a free port of the loopback interface.
  BareServer();
  ~BareServer();

  BareServer(const BareServer&) = delete;
  BareServer& operator=(const BareServer&) = delete;

  // The answer that agrees to `request`, a whole request to upgrade, as bytes.
  static std::string AnswerTo(std::string_view request);

  std::uint16_t port() const { return port_; }

  // Waits for the connection, and for its request to upgrade, which it answers.
  void Accept();

  // Waits until something comes, and calls `on_message` for each message that is whole then. False
  // at the end of the connection.
  bool Read(const OnMessage& on_message);
  // The same with what is there now. False if nothing is.
  bool ReadWhatIsThere(const OnMessage& on_message);

  // Appends to what the next Flush() sends.
  void Append(wire::FrameView message);
  void Flush();

 private:
  bool Receive(int flags, const OnMessage& on_message);
  void Answer();

  int listener_;
  int connection_ = -1;
  std::uint16_t port_ = 0;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{256} * 1024);
  wire::WebSocketFrameDecoder decoder_{{.role = wire::WebSocketRole::kServer}};
  std::string out_;
};

}  // namespace phx::test

#endif  // PHX_TESTING_BARE_SERVER_H_
