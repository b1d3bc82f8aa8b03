#include "client/net/stream_pair.h"

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "client/net/handshake.h"
#include "client/net/io_result.h"
#include "client/net/io_runner.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"

namespace phx::test {
namespace {

using boost::asio::ip::tcp;

std::pair<tcp::socket, tcp::socket> ConnectedSockets(IoRunner& io) {
  tcp::acceptor acceptor(io.executor(), {boost::asio::ip::make_address("127.0.0.1"), 0});
  tcp::socket client(io.executor());
  client.connect(acceptor.local_endpoint());
  tcp::socket server = acceptor.accept();
  client.set_option(tcp::no_delay(true));
  server.set_option(tcp::no_delay(true));
  return {std::move(client), std::move(server)};
}

}  // namespace

StreamPair::StreamPair(IoRunner& io) : StreamPair(io, ConnectedSockets(io)) {}

StreamPair::StreamPair(IoRunner& io, Sockets sockets)
    : io_(io), client_(std::move(sockets.first)), server_(std::move(sockets.second)) {}

StreamPair::Secured StreamPair::Secure(const net::TlsContext& client_context,
                                       const net::TlsContext& server_context,
                                       std::string_view name) {
  std::optional<absl::Status> at_client;
  std::optional<absl::Status> at_server;
  StartHandshake(client_, client_.StartTls(client_context, name), at_client);
  StartHandshake(server_, server_.StartTls(server_context), at_server);
  io_.RunUntil("both handshakes", [&] { return at_client && at_server; });
  return {*at_client, *at_server};
}

void StreamPair::StartHandshake(net::Stream& stream, const absl::Status& started,
                                std::optional<absl::Status>& result) {
  if (!started.ok()) {
    result = started;
    stream.Close();  // the other end must learn that it waits in vain
    return;
  }
  boost::asio::co_spawn(io_.executor(), net::Handshake(stream),
                        [&](const std::exception_ptr&, const absl::Status& status) {
                          result = status;
                          if (!status.ok()) stream.Close();
                        });
}

void StreamPair::Wait(net::Stream& stream, net::IoOutcome outcome) {
  bool is_ready = false;
  const auto ready = [&is_ready](auto) { is_ready = true; };
  if (outcome == net::IoOutcome::kWantWrite) {
    stream.AsyncWaitWritable(ready);
  } else {
    stream.AsyncWaitReadable(ready);
  }
  io_.RunUntil("the stream to be ready", [&is_ready] { return is_ready; });
}

std::string StreamPair::Read(net::Stream& stream, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    net::IoResult result;
    {
      net::SharedReadBuffer buffer;
      result = stream.TryRead(buffer.bytes());
      bytes.append(buffer.bytes().data(), result.bytes);
    }
    if (result.would_block()) {
      Wait(stream, result.outcome);
    } else if (result.outcome != net::IoOutcome::kDone) {
      break;
    }
  }
  return bytes;
}

std::string StreamPair::Transfer(net::Stream& from, net::Stream& to, std::string_view bytes) {
  std::string received;
  const std::size_t size = bytes.size();
  while (received.size() < size) {
    if (!bytes.empty()) {
      const net::IoResult written = from.TryWrite(bytes);
      if (written.outcome == net::IoOutcome::kError) break;
      bytes.remove_prefix(written.bytes);
    }
    const std::string piece = Read(to, 1);
    if (piece.empty()) break;
    received.append(piece);
  }
  return received;
}

}  // namespace phx::test
