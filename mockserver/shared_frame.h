// SharedFrame: a frame that many connections send, encoded once.
#ifndef PHX_MOCKSERVER_SHARED_FRAME_H_
#define PHX_MOCKSERVER_SHARED_FRAME_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "client/wire/frame.h"
#include "client/wire/websocket_frame.h"

namespace phx::mock {

class SharedFrame {
 public:
  explicit SharedFrame(wire::FrameView frame) : type_(frame.type) {
    // A server's frames are not masked: the same bytes go to every connection.
    wire::AppendMessage(websocket_bytes_, frame, std::nullopt);
    header_size_ = websocket_bytes_.size() - frame.data.size();
  }

  wire::FrameView frame() const {
    return {type_, std::string_view(websocket_bytes_).substr(header_size_)};
  }
  // The frame as it goes over a WebSocket.
  std::string_view websocket_bytes() const { return websocket_bytes_; }

 private:
  wire::FrameType type_;
  std::size_t header_size_ = 0;
  std::string websocket_bytes_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SHARED_FRAME_H_
