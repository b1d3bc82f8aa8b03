#include "testing/benchmarks/bare_load.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "testing/benchmarks/bare_web_socket.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {

BareLoad::BareLoad(std::uint16_t port, int connections)
    : payload_(PayloadOf({})), epoll_(epoll_create1(0)) {
  for (int i = 0; i < connections; ++i) {
    BareWebSocket& socket = *sockets_.emplace_back(std::make_unique<BareWebSocket>(port, kTarget));
    Push(socket, "phx_join", "{}");
    socket.Flush();
    bool is_joined = false;
    while (!is_joined) socket.Read([&] { is_joined = true; });
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = static_cast<std::uint64_t>(i);
    epoll_ctl(epoll_, EPOLL_CTL_ADD, socket.descriptor(), &event);
  }
}

BareLoad::~BareLoad() { close(epoll_); }

void BareLoad::Push(BareWebSocket& socket, std::string_view event, std::string_view payload) {
  message_.clear();
  AppendMessage(message_, ++ref_, kTopic, event, payload);
  socket.Append(message_);
}

template <typename OnReady>
void BareLoad::Turn(const OnReady& on_ready) {
  std::array<epoll_event, 64> events{};
  const int count = epoll_wait(epoll_, events.data(), events.size(), -1);
  for (int i = 0; i < count; ++i) on_ready(events[static_cast<std::size_t>(i)].data.u64);
}

void BareLoad::Echo(std::uint64_t depth, std::uint64_t count) {
  std::uint64_t sent = 0;
  for (const auto& socket : sockets_) {
    for (std::uint64_t i = 0; i < depth; ++i, ++sent) Push(*socket, "echo", payload_);
    socket->Flush();
  }
  std::uint64_t received = 0;
  while (received < count) {
    Turn([&](std::uint64_t index) {
      BareWebSocket& socket = *sockets_[index];
      socket.ReadWhatIsThere([&] {
        ++received;
        if (sent == count) return;
        ++sent;
        Push(socket, "echo", payload_);
      });
      socket.Flush();
    });
  }
}

void BareLoad::Shout(std::uint64_t depth, std::uint64_t count) {
  BareWebSocket& shouting = *sockets_.front();
  std::uint64_t sent = 0;
  for (; sent < depth; ++sent) Push(shouting, "shout", payload_);
  shouting.Flush();
  std::uint64_t received = 0;
  while (received < count * sockets_.size()) {
    Turn([&](std::uint64_t index) {
      sockets_[index]->ReadWhatIsThere([&] {
        ++received;
        if (index != 0 || sent == count) return;
        ++sent;
        Push(shouting, "shout", payload_);
      });
      shouting.Flush();
    });
  }
}

}  // namespace phx::benchmarks
