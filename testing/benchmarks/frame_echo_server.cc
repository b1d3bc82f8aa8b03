#include "testing/benchmarks/frame_echo_server.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "boost/asio/ip/address_v4.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/system/error_code.hpp"
#include "client/net/io_result.h"
#include "client/net/output_buffer.h"
#include "client/net/shared_read_buffer.h"
#include "client/net/stream.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_frame_decoder.h"
#include "testing/bare_server.h"

namespace phx::benchmarks {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

class EchoConnection : public std::enable_shared_from_this<EchoConnection> {
 public:
  explicit EchoConnection(tcp::socket socket) : stream_(std::move(socket)) {}

  void WaitForInput() {
    stream_.AsyncWaitReadable([self = shared_from_this()](error_code error) {
      if (!error) self->OnReadable();
    });
  }

 private:
  void OnReadable() {
    net::SharedReadBuffer buffer;
    const net::IoResult result = stream_.TryRead(buffer.bytes());
    if (result.outcome == net::IoOutcome::kDone) {
      OnBytes(buffer.bytes().data(), result.bytes);
    } else if (!result.would_block()) {
      return;  // the client is gone
    }
    WaitForInput();
  }

  void OnBytes(char* data, std::size_t size) {
    if (is_open_) {
      decoder_.Feed(data, size);
      for (;;) {
        const wire::WebSocketEvent event = decoder_.Next();
        if (event.kind != wire::WebSocketEvent::Kind::kMessage) break;
        wire::AppendMessage(output_.bytes(), event.message(), std::nullopt);
      }
    } else {
      request_.append(data, size);
      if (request_.ends_with("\r\n\r\n")) Upgrade();
    }
    Write();
  }

  void Upgrade() {
    output_.bytes() += test::BareServer::AnswerTo(request_);
    request_ = {};
    is_open_ = true;
  }

  void Write() {
    if (is_writing_ || output_.empty()) return;
    if (!output_.Write(stream_).would_block()) return;
    is_writing_ = true;
    stream_.AsyncWaitWritable([self = shared_from_this()](error_code error) {
      self->is_writing_ = false;
      if (!error) self->Write();
    });
  }

  net::Stream stream_;
  net::OutputBuffer output_;
  wire::WebSocketFrameDecoder decoder_{{.role = wire::WebSocketRole::kServer}};
  std::string request_;
  bool is_open_ = false;
  bool is_writing_ = false;
};

}  // namespace

FrameEchoServer::FrameEchoServer() : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
  Accept();
  thread_ = std::thread([this] { io_.run(); });
}

FrameEchoServer::~FrameEchoServer() {
  io_.stop();
  thread_.join();
}

void FrameEchoServer::Accept() {
  acceptor_.async_accept([this](error_code error, tcp::socket socket) {
    if (error) return;
    socket.set_option(tcp::no_delay(true), error);
    std::make_shared<EchoConnection>(std::move(socket))->WaitForInput();
    Accept();
  });
}

}  // namespace phx::benchmarks
