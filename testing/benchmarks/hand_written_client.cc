#include "testing/benchmarks/hand_written_client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "testing/benchmarks/bench_server.h"
#include "testing/benchmarks/stopwatch.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

class HandWrittenClient {
 public:
  HandWrittenClient(const BenchServer& server, const Traffic& traffic)
      : traffic_(traffic),
        payload_(PayloadOf(traffic)),
        socket_(socket(AF_INET, SOCK_STREAM, 0)),
        epoll_(epoll_create1(0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(server.port());
    if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      GiveUp("connect");
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    epoll_event event{};
    event.events = EPOLLIN;
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket_, &event);
    Upgrade();
  }
  HandWrittenClient(const HandWrittenClient&) = delete;
  HandWrittenClient& operator=(const HandWrittenClient&) = delete;
  ~HandWrittenClient() {
    close(epoll_);
    close(socket_);
  }

  Cost Run() {
    Append(kTopic, "phx_join", "{}");
    Flush();
    while (received_ == 0) Turn(/*answers=*/false);
    received_ = 0;
    const Stopwatch watch;
    Start();
    Flush();
    while (received_ < traffic_.count) Turn(/*answers=*/traffic_.kind == Traffic::Kind::kEcho);
    cost_.cpu_ns = watch.cpu_ns() / static_cast<double>(traffic_.count);
    cost_.wall_ns = watch.wall_ns();
    return cost_;
  }

 private:
  void Upgrade() {
    out_ =
        "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n";
    Flush();
    std::string answer;
    char byte = 0;
    while (!answer.ends_with("\r\n\r\n") && recv(socket_, &byte, 1, 0) == 1) answer += byte;
    if (!answer.starts_with("HTTP/1.1 101")) GiveUp(answer);
  }

  void Start() {
    switch (traffic_.kind) {
      case Traffic::Kind::kEcho:
        sent_at_.emplace();
        for (; sent_ < traffic_.depth; ++sent_) Append(kTopic, "echo", payload_);
        break;
      case Traffic::Kind::kReceive: Append(kTopic, "pour", PourRequestOf(traffic_)); break;
      case Traffic::Kind::kJoin:
        for (; sent_ < traffic_.count; ++sent_) Append(TopicOf(sent_), "phx_join", "{}");
        break;
    }
  }

  // Appends a message as a masked frame.
  void Append(std::string_view topic, std::string_view event, std::string_view payload) {
    message_.clear();
    AppendMessage(message_, ++ref_, topic, event, payload);
    AppendHeader(message_.size());
    const std::uint32_t key = 0x5A5A1234U + static_cast<std::uint32_t>(ref_);
    out_.append(reinterpret_cast<const char*>(&key), sizeof(key));
    const std::size_t from = out_.size();
    out_.append(message_);
    std::size_t at = from;
    for (; at + sizeof(std::uint64_t) <= out_.size(); at += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, out_.data() + at, sizeof(word));
      word ^= key | (std::uint64_t{key} << 32U);
      std::memcpy(out_.data() + at, &word, sizeof(word));
    }
    const char* const bytes = reinterpret_cast<const char*>(&key);
    for (; at < out_.size(); ++at) out_[at] = static_cast<char>(out_[at] ^ bytes[(at - from) % 4]);
  }

  void AppendHeader(std::size_t size) {
    out_ += '\x81';
    if (size < 126) {
      out_ += static_cast<char>(0x80U | size);
    } else {
      out_ += '\xFE';
      out_ += static_cast<char>(size >> 8U);
      out_ += static_cast<char>(size & 0xFFU);
    }
  }

  void Flush() {
    std::string_view bytes = out_;
    while (!bytes.empty()) {
      const ssize_t sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) GiveUp("send");
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    out_.clear();
  }

  void Turn(bool answers) {
    epoll_event event;
    epoll_wait(epoll_, &event, 1, -1);
    const ssize_t size =
        recv(socket_, buffer_.data() + kept_, buffer_.size() - kept_, MSG_DONTWAIT);
    if (size <= 0) GiveUp("recv");
    const std::size_t end = kept_ + static_cast<std::size_t>(size);
    std::size_t at = 0;
    for (std::size_t next = 0; (next = EndOfFrame(at, end)) != 0; at = next) {
      ++received_;
      if (answers) Answer();
    }
    kept_ = end - at;
    std::memmove(buffer_.data(), buffer_.data() + at, kept_);
    Flush();
  }

  void Answer() {
    if (traffic_.depth == 1) cost_.round_trips_ns.push_back(sent_at_->wall_ns());
    if (sent_ == traffic_.count) return;
    ++sent_;
    if (traffic_.depth == 1) sent_at_.emplace();
    Append(kTopic, "echo", payload_);
  }

  // 0: it is not there yet.
  std::size_t EndOfFrame(std::size_t at, std::size_t end) const {
    if (end - at < 2) return 0;
    std::size_t size = static_cast<unsigned char>(buffer_[at + 1]);
    std::size_t header = 2;
    if (size == 126) {
      if (end - at < 4) return 0;
      size = (std::size_t{static_cast<unsigned char>(buffer_[at + 2])} << 8U) |
             static_cast<unsigned char>(buffer_[at + 3]);
      header = 4;
    }
    return end - at < header + size ? 0 : at + header + size;
  }

  const Traffic traffic_;
  const std::string payload_;
  int socket_;
  int epoll_;
  std::uint64_t ref_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::string message_;
  std::string out_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{256} * 1024);
  std::size_t kept_ = 0;
  std::optional<Stopwatch> sent_at_;
  Cost cost_;
};

}  // namespace

Cost RunHandWritten(const BenchServer& server, const Traffic& traffic) {
  return HandWrittenClient(server, traffic).Run();
}

}  // namespace phx::benchmarks
