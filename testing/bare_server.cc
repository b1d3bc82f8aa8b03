#include "testing/bare_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "client/wire/websocket_frame.h"
#include "client/wire/websocket_handshake.h"

namespace phx::test {
namespace {

void Check(bool condition, const char* what) {
  if (condition) return;
  std::perror(what);
  std::_Exit(1);
}

}  // namespace

BareServer::BareServer() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  Check(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0, "bind");
  Check(listen(listener_, 1) == 0, "listen");
  Check(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
}

BareServer::~BareServer() {
  if (connection_ >= 0) close(connection_);
  close(listener_);
}

std::string BareServer::AnswerTo(std::string_view request) {
  constexpr std::string_view kName = "Sec-WebSocket-Key: ";
  constexpr std::size_t kKeySize = 24;
  const std::size_t key = request.find(kName) + kName.size();
  return absl::StrCat(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ",
      wire::WebSocketAccept(request.substr(key, kKeySize)), "\r\n\r\n");
}

void BareServer::Accept() {
  connection_ = accept(listener_, nullptr, nullptr);
  Check(connection_ >= 0, "accept");
  const int on = 1;
  setsockopt(connection_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  Answer();
}

void BareServer::Answer() {
  std::string request;
  while (request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t size = recv(connection_, buffer_.data(), buffer_.size(), 0);
    Check(size > 0, "recv");
    request.append(buffer_.data(), static_cast<std::size_t>(size));
  }
  out_ = AnswerTo(request);
  Flush();
}

bool BareServer::Read(const OnMessage& on_message) { return Receive(0, on_message); }

bool BareServer::ReadWhatIsThere(const OnMessage& on_message) {
  return Receive(MSG_DONTWAIT, on_message);
}

bool BareServer::Receive(int flags, const OnMessage& on_message) {
  const ssize_t size = recv(connection_, buffer_.data(), buffer_.size(), flags);
  if (size <= 0) return false;
  decoder_.Feed(buffer_.data(), static_cast<std::size_t>(size));
  for (;;) {
    const wire::WebSocketEvent event = decoder_.Next();
    if (event.kind != wire::WebSocketEvent::Kind::kMessage) return true;
    on_message(event.message());
  }
}

void BareServer::Append(wire::FrameView message) {
  wire::AppendMessage(out_, message, std::nullopt);
}

void BareServer::Flush() {
  std::string_view bytes = out_;
  while (!bytes.empty()) {
    const ssize_t sent = send(connection_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) break;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  out_.clear();
}

}  // namespace phx::test
