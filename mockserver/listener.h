// Listener: takes the connections that come to a port and hands them out in turn to the I/O
// threads.
#ifndef PHX_MOCKSERVER_LISTENER_H_
#define PHX_MOCKSERVER_LISTENER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/steady_timer.hpp"
#include "mockserver/io_thread.h"
#include "mockserver/server_context.h"

namespace phx::mock {

class Listener {
 public:
  // Runs on the first of `threads`.
  Listener(std::vector<std::shared_ptr<IoThread>> threads, std::shared_ptr<ServerContext> server);

  // Binds; before the threads run, or on the first of them. kInvalidArgument for an address that is
  // none, kUnavailable if the system refuses, with why.
  absl::Status Listen(const std::string& address, std::uint16_t port);
  // Takes connections from now on.
  void Start();
  // Takes no more. On the first thread.
  void Stop();

  bool is_listening() const { return acceptor_.is_open(); }
  // Where it listens, or did, once it has.
  boost::asio::ip::tcp::endpoint endpoint() const { return endpoint_; }

 private:
  // Goes on until Stop(): what belongs to an earlier start comes to nothing.
  void Accept();
  void AcceptLater();

  const std::vector<std::shared_ptr<IoThread>> threads_;
  const std::shared_ptr<ServerContext> server_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  boost::asio::ip::tcp::endpoint endpoint_;
  std::size_t accepted_ = 0;
  std::size_t starts_ = 0;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_LISTENER_H_
