// EmbeddedServer: a mock Phoenix server in this process, so that load can be put on something with
// nothing else installed.
//
//   EmbeddedServer server(plan);
//   if (!server.status().ok()) …
//   plan.url = server.url();
//
// It has a channel for every topic, accepts every join, and does with every event what the
// workload is about: replies with its payload, broadcasts it, or says nothing.
#ifndef PHX_LOADGEN_EMBEDDED_SERVER_H_
#define PHX_LOADGEN_EMBEDDED_SERVER_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "loadgen/plan.h"
#include "mockserver/server.h"

namespace phx::loadgen {

class EmbeddedServer {
 public:
  // Listens on a free port of 127.0.0.1, on threads of its own, with room for what `plan` opens.
  explicit EmbeddedServer(const Plan& plan);

  // OK, or why it does not listen.
  const absl::Status& status() const { return server_->status(); }
  std::string url() const { return server_->url(); }

  // EmbeddedServer::Restart()
  //
  // Stops as Phoenix does, which closes all connections, and listens again on the same port.
  // Returns status(). Takes as long as the clients need to say goodbye, a second at most. Not
  // together with other functions.
  absl::Status Restart();

 private:
  const Plan plan_;
  std::unique_ptr<mock::Server> server_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_EMBEDDED_SERVER_H_
