// BareWebSocket: a WebSocket as one writes it by hand when nothing counts but speed: one
// epoll_wait, one recv and one send for all that there is at a time, frames counted and not looked
// at. What the clients are measured by.
#ifndef PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_
#define PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace phx::benchmarks {

class BareWebSocket {
 public:
  // Connects to the loopback interface and upgrades at `target`. Gives up if it cannot.
  BareWebSocket(std::uint16_t port, std::string_view target);
  ~BareWebSocket();

  BareWebSocket(const BareWebSocket&) = delete;
  BareWebSocket& operator=(const BareWebSocket&) = delete;

  // Appends `text` as a masked frame to what the next Flush() sends. At most 64 KiB.
  void Append(std::string_view text);
  void Flush();

  // Waits until something has come, and calls `on_frame()` for every frame that is complete then.
  template <typename OnFrame>
  void Read(const OnFrame& on_frame) {
    const std::size_t end = Fill();
    std::size_t at = 0;
    for (std::size_t next = 0; (next = EndOfFrame(at, end)) != 0; at = next) on_frame();
    kept_ = end - at;
    std::memmove(buffer_.data(), buffer_.data() + at, kept_);
  }

 private:
  void Upgrade(std::string_view target);
  // Appends what has come behind what is kept; returns where that ends.
  std::size_t Fill();
  // 0: it is not there yet.
  std::size_t EndOfFrame(std::size_t at, std::size_t end) const {
    if (end - at < 2) return 0;
    std::size_t size = static_cast<unsigned char>(buffer_[at + 1]);
    std::size_t header = 2;
    if (size == 126) {
      if (end - at < 4) return 0;
      size = (std::size_t{static_cast<unsigned char>(buffer_[at + 2])} << 8U) |
             static_cast<unsigned char>(buffer_[at + 3]);
      header = 4;
    }
    return end - at < header + size ? 0 : at + header + size;
  }

  int socket_;
  int epoll_;
  std::uint32_t masking_key_ = 0x5A5A1234U;
  std::string out_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{256} * 1024);
  std::size_t kept_ = 0;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_
