// BareLoad: many bare WebSockets in one loop, which keep a server as busy as it can be kept: what a
// server costs, and how fast it is, without a client that counts.
#ifndef PHX_TESTING_BENCHMARKS_BARE_LOAD_H_
#define PHX_TESTING_BENCHMARKS_BARE_LOAD_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "testing/benchmarks/bare_web_socket.h"

namespace phx::benchmarks {

class BareLoad {
 public:
  // Makes `connections` to the loopback interface, each of which joins the topic of traffic.h.
  BareLoad(std::uint16_t port, int connections);
  ~BareLoad();

  BareLoad(const BareLoad&) = delete;
  BareLoad& operator=(const BareLoad&) = delete;

  // Every connection keeps `depth` pushes of "echo" in flight, until `count` frames came.
  void Echo(std::uint64_t depth, std::uint64_t count);
  // The first connection keeps `depth` pushes of "shout" in flight, until every connection has had
  // `count` frames.
  void Shout(std::uint64_t depth, std::uint64_t count);

 private:
  void Push(BareWebSocket& socket, std::string_view event, std::string_view payload);
  // Waits, and calls `on_ready(index)` for every connection to which something has come.
  template <typename OnReady>
  void Turn(const OnReady& on_ready);

  const std::string payload_;
  int epoll_;
  std::vector<std::unique_ptr<BareWebSocket>> sockets_;
  std::uint64_t ref_ = 0;
  std::string message_;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BARE_LOAD_H_
