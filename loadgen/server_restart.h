// ServerRestart: restarts the embedded server at a moment of the run, while the run goes on.
//
// Threads: all functions on the thread that runs `io`; the server itself is restarted on another.
#ifndef PHX_LOADGEN_SERVER_RESTART_H_
#define PHX_LOADGEN_SERVER_RESTART_H_

#include <functional>
#include <thread>

#include "absl/status/status.h"
#include "boost/asio/io_context.hpp"
#include "boost/asio/steady_timer.hpp"
#include "loadgen/embedded_server.h"
#include "loadgen/time.h"

namespace phx::loadgen {

class ServerRestart {
 public:
  // `done` is called on the other thread, with what EmbeddedServer::Restart() returned. `io` and
  // `server` must outlive this object.
  ServerRestart(boost::asio::io_context& io, EmbeddedServer& server,
                std::function<void(const absl::Status&)> done);
  // Waits for a restart that is under way.
  ~ServerRestart();

  ServerRestart(const ServerRestart&) = delete;
  ServerRestart& operator=(const ServerRestart&) = delete;

  // Restarts at `time`. Once.
  void Schedule(TimePoint time);
  // Does nothing any more, unless it has begun.
  void Cancel() { timer_.cancel(); }

 private:
  EmbeddedServer& server_;
  std::function<void(const absl::Status&)> done_;
  boost::asio::steady_timer timer_;
  std::thread thread_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SERVER_RESTART_H_
