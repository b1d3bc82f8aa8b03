// BareWebSocket: a WebSocket as one writes it by hand when nothing counts but speed: one
// epoll_wait, one recv and one send for all that there is at a time, frames counted and not looked
// at. What the clients are measured by.
#ifndef PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_
#define PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

  int descriptor() const { return socket_; }

  // Waits until something has come, and calls `on_frame()` for every frame that is complete then.
  template <typename OnFrame>
  void Read(const OnFrame& on_frame) {
    Wait();
    ReadWhatIsThere(on_frame);
  }
  // The same for whoever has waited, for several sockets perhaps: something must have come.
  template <typename OnFrame>
  void ReadWhatIsThere(const OnFrame& on_frame) {
    std::string_view bytes = Fill();
    for (std::size_t size = 0; (size = SizeOfFrame(bytes)) != 0; bytes.remove_prefix(size)) {
      on_frame();
    }
    rest_ = bytes;
  }

 private:
  void Upgrade(std::string_view target);
  void Wait() const;
  // What was kept and what has come, in a buffer that all sockets of the thread share.
  std::string_view Fill();
  // Of the frame that `bytes` begin with; 0: it is not all there yet.
  static std::size_t SizeOfFrame(std::string_view bytes) {
    if (bytes.size() < 2) return 0;
    std::size_t size = static_cast<unsigned char>(bytes[1]);
    std::size_t header = 2;
    if (size == 126) {
      if (bytes.size() < 4) return 0;
      size = (std::size_t{static_cast<unsigned char>(bytes[2])} << 8U) |
             static_cast<unsigned char>(bytes[3]);
      header = 4;
    }
    return bytes.size() < header + size ? 0 : header + size;
  }

  int socket_;
  int epoll_;
  std::uint32_t masking_key_ = 0x5A5A1234U;
  std::string out_;
  std::string rest_;  // of what was read: the beginning of a frame
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BARE_WEB_SOCKET_H_
