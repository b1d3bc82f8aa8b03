#include "client/net/raw_server.h"

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/ip/address.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/handshake.h"
#include "client/net/io_result.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/net/tls_context.h"

namespace phx::test {

using boost::system::error_code;

void RawConnection::Send(std::string_view bytes) {
  output_.bytes().append(bytes);
  Write();
}

void RawConnection::WaitUntilSent() {
  io_.RunUntil("all to be sent", [this] { return output_.empty(); });
}

void RawConnection::Write() {
  if (is_writing_ || !stream_.is_open()) return;
  const net::IoResult result = output_.Write(stream_);
  if (result.outcome == net::IoOutcome::kError) output_.Clear();
  if (!result.would_block()) return;
  is_writing_ = true;
  stream_.AsyncWaitWritable([self = shared_from_this()](error_code error) {
    self->is_writing_ = false;
    if (!error) self->Write();
  });
}

void RawConnection::ReadOn() {
  while (!is_paused_ && !is_reading_ && stream_.is_open()) {
    net::SharedReadBuffer buffer;
    const net::IoResult result = stream_.TryRead(buffer.bytes());
    if (result.outcome == net::IoOutcome::kDone) {
      received_.append(buffer.bytes().data(), result.bytes);
      continue;
    }
    is_at_eof_ = result.outcome == net::IoOutcome::kEof;
    error_ = result.status;
    if (!result.would_block()) return;
    is_reading_ = true;
    stream_.AsyncWaitReadable([self = shared_from_this()](error_code error) {
      self->is_reading_ = false;
      if (!error) self->ReadOn();
    });
  }
}

void RawConnection::ResumeReading() {
  is_paused_ = false;
  ReadOn();
}

std::string RawConnection::Take(std::size_t size) {
  io_.RunUntil("bytes from the client", [&] { return received_.size() >= size; });
  std::string taken = received_.substr(0, size);
  received_.erase(0, size);
  return taken;
}

std::string RawConnection::TakeUntil(std::string_view end) {
  io_.RunUntil("the end of the client's text",
               [&] { return received_.find(end) != std::string::npos; });
  return Take(received_.find(end) + end.size());
}

bool RawConnection::WaitForEof() {
  io_.RunUntil("the client to close", [this] { return is_at_eof_ || !error_.ok(); });
  return is_at_eof_;
}

RawServer::RawServer(IoRunner& io, const std::string& address)
    : io_(io), acceptor_(io.executor(), {boost::asio::ip::make_address(address), 0}) {}

net::Stream RawServer::AcceptStream() {
  std::optional<boost::asio::ip::tcp::socket> accepted;
  acceptor_.async_accept(io_.executor(),
                         [&](error_code error, boost::asio::ip::tcp::socket socket) {
                           if (!error) accepted = std::move(socket);
                         });
  io_.RunUntil("a connection", [&] { return accepted.has_value(); });
  return net::Stream(*std::move(accepted));
}

std::shared_ptr<RawConnection> RawServer::Accept() {
  auto connection = std::make_shared<RawConnection>(io_, AcceptStream());
  connection->Start();
  return connection;
}

absl::StatusOr<std::shared_ptr<RawConnection>> RawServer::AcceptTls(
    const net::TlsContext& context) {
  auto connection = std::make_shared<RawConnection>(io_, AcceptStream());
  if (absl::Status status = connection->stream().StartTls(context); !status.ok()) return status;
  std::optional<absl::Status> secured;
  boost::asio::co_spawn(
      io_.executor(), net::Handshake(connection->stream()),
      [&](const std::exception_ptr&, const absl::Status& status) { secured = status; });
  io_.RunUntil("the TLS handshake of the server", [&] { return secured.has_value(); });
  if (!secured->ok()) return *secured;
  connection->Start();
  return connection;
}

}  // namespace phx::test
