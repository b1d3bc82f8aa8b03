// BenchServer: the mock server that the clients of a comparison talk to.
//
// On every topic: "echo" is replied to with its payload; "pour" with {"count": n, "payload": {…}}
// with n messages "news" of that payload; "shout" is broadcast as "news" to all who joined.
#ifndef PHX_TESTING_BENCHMARKS_BENCH_SERVER_H_
#define PHX_TESTING_BENCHMARKS_BENCH_SERVER_H_

#include <cstdint>
#include <string>

#include "mockserver/server.h"

namespace phx::benchmarks {

class BenchServer {
 public:
  enum class Security : std::uint8_t { kPlain, kTls };

  // Listens on the loopback interface, with a certificate of testing/tls_certs.h.
  explicit BenchServer(Security security = Security::kPlain);

  std::string url() const { return server_.url(); }
  std::uint16_t port() const { return server_.port(); }

 private:
  mock::Server server_;
};

}  // namespace phx::benchmarks

#endif  // PHX_TESTING_BENCHMARKS_BENCH_SERVER_H_
