// RawServer: a TCP server for tests that say byte by byte what the other end does.
//
//   RawServer server(io);
//   …a client connects to 127.0.0.1:server.port()…
//   std::shared_ptr<RawConnection> peer = server.Accept();
//   EXPECT_EQ(peer->Take(5), "hello");
//   peer->Send("good bye");
//   peer->Close();
//
// Threads: one, the test's. Every wait runs the IoRunner, which bounds it.
#ifndef PHX_CLIENT_NET_RAW_SERVER_H_
#define PHX_CLIENT_NET_RAW_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/io_runner.h"
#include "client/net/output_buffer.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"

namespace phx::test {

// One connection. It reads all the time, and writes as fast as the other end reads.
class RawConnection : public std::enable_shared_from_this<RawConnection> {
 public:
  RawConnection(IoRunner& io, net::Stream stream) : io_(io), stream_(std::move(stream)) {}

  // Starts to read. Accept() has done so.
  void Start() { ReadOn(); }

  void Send(std::string_view bytes);

  // Waits until everything was written.
  void WaitUntilSent();

  // The next `size` bytes; the bytes up to and with the first `end`. Wait for them.
  std::string Take(std::size_t size);
  std::string TakeUntil(std::string_view end);

  // What has come and was not taken.
  const std::string& received() const { return received_; }

  // Waits for the other end to close. True if it did so properly, false if by RST.
  bool WaitForEof();

  // Stops reading, so that the other end's writes fill the buffers and block; goes on.
  void PauseReading() { is_paused_ = true; }
  void ResumeReading();

  void ShutdownWrite() { stream_.ShutdownWrite(); }
  void Close() { stream_.Close(); }
  void Reset() { stream_.Reset(); }
  net::Stream& stream() { return stream_; }

 private:
  void ReadOn();
  void Write();

  IoRunner& io_;
  net::Stream stream_;
  net::OutputBuffer output_;
  bool is_writing_ = false;
  bool is_reading_ = false;
  bool is_paused_ = false;
  bool is_at_eof_ = false;
  absl::Status error_;
  std::string received_;
};

class RawServer {
 public:
  // Listens on a free port of `address`.
  explicit RawServer(IoRunner& io, const std::string& address = "127.0.0.1");

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

  // Waits for the next connection.
  std::shared_ptr<RawConnection> Accept();

  // Waits for the next connection and for its TLS handshake, whose error it returns.
  absl::StatusOr<std::shared_ptr<RawConnection>> AcceptTls(const net::TlsContext& context);

 private:
  net::Stream AcceptStream();

  IoRunner& io_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_NET_RAW_SERVER_H_
