// Stream: a connected TCP socket, plain or with TLS, that is read and written without waiting. Used
// by both ends: the client's transports and the mock server.
//
// One waits for readiness and then moves as much as there is:
//
//   void Session::Wait() {
//     stream_.AsyncWaitReadable([self = shared_from_this()](boost::system::error_code error) {
//       if (!error) self->OnReadable();               // operation_aborted after Close()
//     });
//   }
//   void Session::OnReadable() {
//     net::SharedReadBuffer buffer;
//     net::IoResult result = stream_.TryRead(buffer.bytes());
//     if (result.outcome == net::IoOutcome::kDone) Handle(buffer.bytes().first(result.bytes));
//     …                                               // kEof, kError; else:
//     Wait();
//   }
//
// Why not Asio's own async_read_some: a pending read needs a buffer for as long as it is pending,
// which is most of the time; and a wait can be cancelled without the question whether bytes were
// taken. One wait, one read and one write serve all frames of a turn.
//
// TLS:
//
//   net::Stream stream(std::move(socket));
//   stream.StartTls(context, "example.com");          // a server: StartTls(context)
//   absl::Status secured = co_await net::Handshake(stream);     // handshake.h
//
// OpenSSL is driven directly; its buffers are given back while nothing is in transit.
//
// No function raises SIGPIPE. Threads: not thread-safe; use it on its executor (a strand).
#ifndef PHX_CLIENT_NET_STREAM_H_
#define PHX_CLIENT_NET_STREAM_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/append.hpp"
#include "boost/asio/async_result.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/post.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/tls_context.h"

namespace phx::net {

class TlsSession;

class Stream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using executor_type = boost::asio::any_io_executor;

  // Takes over a connected socket and makes it non-blocking.
  explicit Stream(Socket socket);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  // Stream::StartTls()
  //
  // From here on the stream speaks TLS in the role of `context`; TryHandshake() (or Handshake(),
  // which waits) comes next, nothing else before it. `peer_name`, on the client's side, is the host
  // of the URL: it is asked for by SNI (unless it is an IP address) and, if the context verifies,
  // checked in the server's certificate; TlsOptions::server_name takes precedence. kInvalidArgument
  // for a name that cannot be a host name.
  absl::Status StartTls(const TlsContext& context, std::string_view peer_name = {});

  // Stream::TryHandshake()
  //
  // Continues the TLS handshake: kDone when it is complete (at once on a plain stream), kWantRead
  // or kWantWrite to be called again then, kError otherwise. A certificate that was not accepted is
  // named with the reason and, for a wrong host, the names that it is valid for. kEof never: a peer
  // that goes away is a kError here.
  IoResult TryHandshake();

  // Stream::TryRead()
  //
  // Takes what is there, at most `buffer`, which must not be empty. kDone with at least one byte,
  // kWantRead, kEof (also when a TLS peer goes without taking leave: many do), kError (reset). With
  // TLS also kWantWrite.
  IoResult TryRead(std::span<char> buffer);

  // Stream::TryWrite()
  //
  // Hands over as much of `bytes` as the system takes now. kDone with at least one byte,
  // kWantWrite, or kError; with TLS also kWantRead. What was not taken has to come first at the
  // next call, unchanged, with or without more behind it; it may lie elsewhere in memory.
  IoResult TryWrite(std::string_view bytes);

  // Stream::ShutdownWrite()
  //
  // Tells the peer that nothing more comes: with TLS close_notify, then FIN. Reading goes on.
  // Never waits: if the system does not even take the close_notify, the FIN goes alone.
  void ShutdownWrite();

  // Stream::Close()
  //
  // Closes the socket; waits that are outstanding complete with operation_aborted. May be called
  // twice. Bytes that came and were not read make the system send RST in place of FIN.
  void Close();

  // Stream::Reset()
  //
  // Closes the socket with RST, dropping what was not sent yet: for tests of the other end.
  void Reset();

  bool is_open() const { return socket_.is_open(); }
  bool is_tls() const { return tls_ != nullptr; }

  // What the two ends agreed on, such as "TLSv1.3"; empty on a plain stream or before the
  // handshake.
  std::string tls_version() const;

  // Whether the TLS session is that of an earlier connection (TlsOptions::resume_sessions).
  bool is_tls_resumed() const;

  // "127.0.0.1:4000", "[::1]:4000"; empty if the socket is not connected any more.
  std::string remote_address() const;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }

  // Stream::AsyncWaitReadable(), Stream::AsyncWaitWritable()
  //
  // Complete when TryRead() or TryWrite() may get on, or with operation_aborted after Close().
  // One wait for each direction may be outstanding, both at the same time. A stream may be readable
  // and still give kWantRead (half a TLS record): wait again. Completion: void(error_code), on the
  // handler's associated executor, the stream's by default, never inline. Cancellation: all types.
  // Lifetime: the stream must stay where it is until the completion.
  template <typename Token>
  auto AsyncWaitReadable(Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code)>(
        [this](auto handler) {
          // What TLS has decrypted ahead of us never makes the socket readable again.
          if (has_more_) {
            boost::asio::post(socket_.get_executor(),
                              boost::asio::append(std::move(handler), boost::system::error_code()));
          } else {
            socket_.async_wait(Socket::wait_read, std::move(handler));
          }
        },
        token);
  }

  template <typename Token>
  auto AsyncWaitWritable(Token&& token) {
    return socket_.async_wait(Socket::wait_write, std::forward<Token>(token));
  }

 private:
  Socket socket_;
  std::unique_ptr<TlsSession> tls_;  // null: plain
  bool has_more_ = false;            // TryRead() can get on without new bytes from the network
};

}  // namespace phx::net

#endif  // PHX_CLIENT_NET_STREAM_H_
