#include "testing/benchmarks/bare_web_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

BareWebSocket::BareWebSocket(std::uint16_t port, std::string_view target)
    : socket_(socket(AF_INET, SOCK_STREAM, 0)), epoll_(epoll_create1(0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    GiveUp("connect");
  }
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  epoll_event event{};
  event.events = EPOLLIN;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
  Upgrade(target);
}

BareWebSocket::~BareWebSocket() {
  close(epoll_);
  close(socket_);
}

void BareWebSocket::Upgrade(std::string_view target) {
  out_ = "GET ";
  out_ += target;
  out_ +=
      " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  Flush();
  // Nothing comes behind the answer before something is sent.
  std::string_view answer;
  while (!answer.ends_with("\r\n\r\n")) {
    Wait();
    answer = Fill();
    rest_ = answer;
  }
  if (!answer.starts_with("HTTP/1.1 101")) GiveUp(answer);
  rest_.clear();
}

void BareWebSocket::Append(std::string_view text) {
  out_ += '\x81';
  if (text.size() < 126) {
    out_ += static_cast<char>(0x80U | text.size());
  } else {
    out_ += '\xFE';
    out_ += static_cast<char>(text.size() >> 8U);
    out_ += static_cast<char>(text.size() & 0xFFU);
  }
  const std::uint32_t key = ++masking_key_;
  const char* const key_bytes = reinterpret_cast<const char*>(&key);
  out_.append(key_bytes, sizeof(key));
  const std::size_t from = out_.size();
  out_.append(text);
  std::size_t at = from;
  for (; at + sizeof(std::uint64_t) <= out_.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, out_.data() + at, sizeof(word));
    word ^= key | (std::uint64_t{key} << 32U);
    std::memcpy(out_.data() + at, &word, sizeof(word));
  }
  for (; at < out_.size(); ++at) {
    out_[at] = static_cast<char>(out_[at] ^ key_bytes[(at - from) % sizeof(key)]);
  }
}

void BareWebSocket::Flush() {
  std::string_view bytes = out_;
  while (!bytes.empty()) {
    const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) GiveUp("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  out_.clear();
}

void BareWebSocket::Wait() const {
  epoll_event event{};
  epoll_wait(epoll_, &event, 1, -1);
}

std::string_view BareWebSocket::Fill() {
  static thread_local std::vector<char> buffer(std::size_t{256} * 1024);
  std::memcpy(buffer.data(), rest_.data(), rest_.size());
  const ssize_t size =
      recv(socket_, buffer.data() + rest_.size(), buffer.size() - rest_.size(), MSG_DONTWAIT);
  if (size <= 0) GiveUp("recv");
  return {buffer.data(), rest_.size() + static_cast<std::size_t>(size)};
}

}  // namespace phx::benchmarks
