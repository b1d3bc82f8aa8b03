// FrameEchoServer: a WebSocket server that sends every message back as it came, on the same
// transport code as the mock server: what that costs without Phoenix's rules.
//
// Listens on the loopback interface, and serves on a thread of its own.
#ifndef PHX_TESTING_BENCHMARKS_FRAME_ECHO_SERVER_H_
#define PHX_TESTING_BENCHMARKS_FRAME_ECHO_SERVER_H_

#include <cstdint>
#include <thread>

#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"

namespace phx::benchmarks {

class FrameEchoServer {
 public:
  FrameEchoServer();
  ~FrameEchoServer();

  FrameEchoServer(const FrameEchoServer&) = delete;
  FrameEchoServer& operator=(const FrameEchoServer&) = delete;

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  void Accept();

  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_FRAME_ECHO_SERVER_H_
