#include "client/net/stream.h"

#include <sys/socket.h>
#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "boost/asio/socket_base.hpp"
#include "client/net/addresses.h"
#include "client/net/io_result.h"
#include "client/net/tls_session.h"
#include "client/net/to_status.h"

namespace phx::net {
namespace {

bool IsWouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

IoResult Receive(int descriptor, std::span<char> buffer) {
  ssize_t count;
  do {
    count = recv(descriptor, buffer.data(), buffer.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count > 0) return IoResult::Done(static_cast<std::size_t>(count));
  if (count == 0) return IoResult::Eof();
  if (IsWouldBlock(errno)) return IoResult::Want(IoOutcome::kWantRead);
  return IoResult::Error(ErrnoToStatus(errno, "read"));
}

IoResult Send(int descriptor, std::string_view bytes) {
  ssize_t count;
  do {
    count = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count >= 0) return IoResult::Done(static_cast<std::size_t>(count));
  if (IsWouldBlock(errno)) return IoResult::Want(IoOutcome::kWantWrite);
  return IoResult::Error(ErrnoToStatus(errno, "write"));
}

}  // namespace

Stream::Stream(Socket socket) : socket_(std::move(socket)) {
  boost::system::error_code ignored;  // of a socket that has just failed: reading will say so
  socket_.non_blocking(true, ignored);
}

Stream::Stream(Stream&& other) noexcept = default;
Stream& Stream::operator=(Stream&& other) noexcept = default;
Stream::~Stream() = default;

absl::Status Stream::StartTls(const TlsContext& context, std::string_view peer_name) {
  auto session = TlsSession::Make(context, socket_.native_handle(), peer_name);
  if (!session.ok()) return session.status();
  tls_ = *std::move(session);
  return absl::OkStatus();
}

IoResult Stream::TryHandshake() {
  if (!is_open()) return IoResult::Error(absl::CancelledError("TLS handshake: stream closed"));
  if (!tls_) return IoResult::Done(0);
  IoResult result = tls_->TryHandshake();
  has_more_ = tls_->has_more();
  return result;
}

IoResult Stream::TryRead(std::span<char> buffer) {
  if (!is_open()) return IoResult::Error(absl::CancelledError("read: stream closed"));
  if (!tls_) return Receive(socket_.native_handle(), buffer);
  IoResult result = tls_->TryRead(buffer);
  has_more_ = tls_->has_more();
  return result;
}

IoResult Stream::TryWrite(std::string_view bytes) {
  if (!is_open()) return IoResult::Error(absl::CancelledError("write: stream closed"));
  return tls_ ? tls_->TryWrite(bytes) : Send(socket_.native_handle(), bytes);
}

void Stream::ShutdownWrite() {
  if (!is_open()) return;
  if (tls_) tls_->SendCloseNotify();
  boost::system::error_code ignored;  // not connected any more: then there is nobody to tell
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void Stream::Close() {
  boost::system::error_code ignored;  // the descriptor is gone in any case
  socket_.close(ignored);
}

void Stream::Reset() {
  boost::system::error_code ignored;  // not connected any more: then Close() does it
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  Close();
}

std::string Stream::tls_version() const { return tls_ ? tls_->version() : std::string(); }

bool Stream::is_tls_resumed() const { return tls_ != nullptr && tls_->is_resumed(); }

std::string Stream::remote_address() const {
  boost::system::error_code error;
  const auto endpoint = socket_.remote_endpoint(error);
  return error ? std::string() : ToText(endpoint);
}

}  // namespace phx::net
