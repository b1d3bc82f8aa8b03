// ControlServer: serves a ControlApi over HTTP, on a port of its own.
//
//   ControlServer control("127.0.0.1", 0, api);
//   if (!control.status().ok()) …
//   control.url()        // "http://127.0.0.1:40124"
//
// A thread for each connection, of which there are few: tests that wait in /await.
#ifndef PHX_MOCKSERVER_CONTROL_SERVER_H_
#define PHX_MOCKSERVER_CONTROL_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "mockserver/control_api.h"

namespace phx::mock {

class ControlServer {
 public:
  // One more connection than this waits until one of them ends.
  static constexpr int kMaxConnections = 64;

  // Listens, and serves until it is destroyed. `api` must outlive this.
  ControlServer(const std::string& address, std::uint16_t port, ControlApi& api);
  ~ControlServer();

  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  // OK, or why it does not listen: kInvalidArgument, kUnavailable.
  const absl::Status& status() const;
  std::string url() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_CONTROL_SERVER_H_
