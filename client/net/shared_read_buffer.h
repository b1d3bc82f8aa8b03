// SharedReadBuffer: the buffer into which all connections of a thread read, one after the other, so
// that a waiting connection holds none.
//
//   net::SharedReadBuffer buffer;                      // on the stack, for one read and its
//   handling net::IoResult result = stream.TryRead(buffer.bytes());
//
// A buffer is the holder's alone until the object dies. If user code that runs meanwhile reads from
// another connection (by running the event loop itself), that one gets a buffer of its own.
#ifndef PHX_CLIENT_NET_SHARED_READ_BUFFER_H_
#define PHX_CLIENT_NET_SHARED_READ_BUFFER_H_

#include <cstddef>
#include <memory>
#include <span>

namespace phx::net {

class SharedReadBuffer {
 public:
  // What a read can take at once: as much as a loopback or data-centre connection delivers between
  // two turns of a busy loop; larger reads were not faster.
  static constexpr std::size_t kSize = 256 * 1024;

  SharedReadBuffer();
  ~SharedReadBuffer();
  SharedReadBuffer(const SharedReadBuffer&) = delete;
  SharedReadBuffer& operator=(const SharedReadBuffer&) = delete;

  std::span<char> bytes() { return {memory_.get(), kSize}; }

 private:
  std::unique_ptr<char[]> memory_;  // taken from the thread, given back at the end
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_SHARED_READ_BUFFER_H_
