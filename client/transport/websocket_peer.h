// WebSocketPeer: a WebSocket server for tests, frame by frame. It shares no code with the
// transport: frames are put together and taken apart here by hand.
//
//   WebSocketPeer peer(server.Accept());
//   peer.Upgrade();
//   peer.Send(WebSocketPeer::kText, "hello");
//   EXPECT_EQ(peer.TakeText(), "hello yourself");
#ifndef PHX_CLIENT_TRANSPORT_WEBSOCKET_PEER_H_
#define PHX_CLIENT_TRANSPORT_WEBSOCKET_PEER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "client/net/raw_server.h"

namespace phx::test {

class WebSocketPeer {
 public:
  static constexpr unsigned kContinuation = 0;
  static constexpr unsigned kText = 1;
  static constexpr unsigned kBinary = 2;
  static constexpr unsigned kClose = 8;
  static constexpr unsigned kPing = 9;
  static constexpr unsigned kPong = 10;

  struct Frame {
    unsigned opcode = 0;
    bool fin = false;
    std::string payload = {};

    friend bool operator==(const Frame&, const Frame&) = default;
  };

  explicit WebSocketPeer(std::shared_ptr<RawConnection> connection)
      : connection_(std::move(connection)) {}

  // Reads the client's request and answers it with 101. `fields`, each with its line end, are
  // added. Returns the request.
  std::string Upgrade(std::string_view fields = "");

  // The same in two steps.
  std::string TakeRequest();
  static std::string AnswerTo(std::string_view request, std::string_view fields = "");

  static std::string FrameBytes(unsigned opcode, std::string_view payload, bool fin = true);
  static std::string CloseBytes(std::uint16_t code, std::string_view reason = "");

  void Send(unsigned opcode, std::string_view payload, bool fin = true) {
    connection_->Send(FrameBytes(opcode, payload, fin));
  }

  // The client's next frame, unmasked. Fails the test if it was not masked.
  Frame TakeFrame();
  std::string TakeText() { return TakeFrame().payload; }

  // The client's next frame, which has to be a close: "1000 reason", or "" for an empty one.
  std::string TakeClose();

  RawConnection& connection() { return *connection_; }

 private:
  std::shared_ptr<RawConnection> connection_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_TRANSPORT_WEBSOCKET_PEER_H_
