#include "testing/benchmarks/hand_written_crowd.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "testing/benchmarks/bare_web_socket.h"
#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

class HandWrittenCrowd final : public Crowd {
 public:
  explicit HandWrittenCrowd(std::uint16_t port) : port_(port) {}

  void Connect() override {
    sockets_.push_back(std::make_unique<BareWebSocket>(port_, kTarget));
    Join(*sockets_.back(), 0, 1);
  }

  void JoinMore(std::uint64_t count) override {
    for (const auto& socket : sockets_) Join(*socket, 1, count);
  }

 private:
  void Join(BareWebSocket& socket, std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      message_.clear();
      AppendMessage(message_, ++ref_, TopicOf(first + i), "phx_join", "{}");
      socket.Append(message_);
    }
    socket.Flush();
    std::uint64_t received = 0;
    while (received < count) socket.Read([&] { ++received; });
  }

  const std::uint16_t port_;
  std::vector<std::unique_ptr<BareWebSocket>> sockets_;
  std::uint64_t ref_ = 0;
  std::string message_;
};

}  // namespace

std::unique_ptr<Crowd> MakeHandWrittenCrowd(std::uint16_t port) {
  return std::make_unique<HandWrittenCrowd>(port);
}

}  // namespace phx::benchmarks
