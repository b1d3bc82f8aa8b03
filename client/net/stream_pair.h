// StreamPair: the two ends of one connection over the loopback interface, for tests.
#ifndef PHX_CLIENT_NET_STREAM_PAIR_H_
#define PHX_CLIENT_NET_STREAM_PAIR_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"

namespace phx::test {

class StreamPair {
 public:
  // Connected, plain.
  explicit StreamPair(IoRunner& io);

  // How a TLS handshake ended at either end. `name` is what the client expects.
  struct Secured {
    absl::Status client;
    absl::Status server;
  };
  Secured Secure(const net::TlsContext& client_context, const net::TlsContext& server_context,
                 std::string_view name = "localhost");

  // Reads from `stream` until `size` bytes have come, or its end.
  std::string Read(net::Stream& stream, std::size_t size);

  // Writes to one end and reads at the other, however much it is.
  std::string Transfer(net::Stream& from, net::Stream& to, std::string_view bytes);

  net::Stream& client() { return client_; }
  net::Stream& server() { return server_; }

 private:
  using Sockets = std::pair<net::Stream::Socket, net::Stream::Socket>;

  StreamPair(IoRunner& io, Sockets sockets);
  void StartHandshake(net::Stream& stream, const absl::Status& started,
                      std::optional<absl::Status>& result);
  void Wait(net::Stream& stream, net::IoOutcome outcome);

  IoRunner& io_;
  net::Stream client_;
  net::Stream server_;
};

}  // namespace phx::test

#endif  // PHX_CLIENT_NET_STREAM_PAIR_H_
