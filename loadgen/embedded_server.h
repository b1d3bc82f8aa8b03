// EmbeddedServer: a mock Phoenix server in this process, so that load can be put on something with
// nothing else installed.
//
//   EmbeddedServer server(plan);
//   if (!server.status().ok()) …
//   plan.urls = server.urls();
//
// It has a channel for every topic, accepts every join, and does with every event what the
// workload is about: replies with its payload, broadcasts it, or says nothing.
#ifndef PHX_LOADGEN_EMBEDDED_SERVER_H_
#define PHX_LOADGEN_EMBEDDED_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "loadgen/plan.h"
#include "mockserver/server.h"

namespace phx::loadgen {

class EmbeddedServer {
 public:
  // Listens on free ports of 127.0.0.1, with a server for each, on threads of their own, with room
  // for what `plan` opens.
  explicit EmbeddedServer(const Plan& plan);

  // OK, or why it does not listen.
  absl::Status status() const;
  std::vector<std::string> urls() const;

  // EmbeddedServer::Restart()
  //
  // Stops as Phoenix does, which closes all connections, and listens again on the same ports.
  // Returns status(). Takes as long as the clients need to say goodbye, a second at most. Not
  // together with other functions.
  absl::Status Restart();

 private:
  const Plan plan_;
  std::vector<std::unique_ptr<mock::Server>> servers_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_EMBEDDED_SERVER_H_
