#include "client/net/linger.h"

#include <chrono>
#include <memory>
#include <utility>

#include "boost/asio/steady_timer.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"

namespace phx::net {
namespace {

// Held by its two waits. Either of them ends the other.
class Linger : public std::enable_shared_from_this<Linger> {
 public:
  explicit Linger(Stream stream) : stream_(std::move(stream)), patience_(stream_.get_executor()) {}

  void Start(std::chrono::milliseconds patience) {
    stream_.ShutdownWrite();
    patience_.expires_after(patience);
    patience_.async_wait(
        [self = shared_from_this()](boost::system::error_code) { self->stream_.Close(); });
    ReadOn();
  }

 private:
  // One read at a time: a peer that goes on sending must not keep the thread.
  void ReadOn() {
    SharedReadBuffer buffer;
    const IoResult result = stream_.TryRead(buffer.bytes());
    if (result.outcome == IoOutcome::kEof || result.outcome == IoOutcome::kError) {
      stream_.Close();
      patience_.cancel();
      return;
    }
    stream_.AsyncWaitReadable([self = shared_from_this()](boost::system::error_code error) {
      if (!error) self->ReadOn();
    });
  }

  Stream stream_;
  boost::asio::steady_timer patience_;
};

}  // namespace

void CloseGently(Stream stream, std::chrono::milliseconds patience) {
  if (!stream.is_open()) return;
  boost::system::error_code ignored;  // waits of the former owner; there may be none
  stream.socket().cancel(ignored);
  std::make_shared<Linger>(std::move(stream))->Start(patience);
}

}  // namespace phx::net
