#include "testing/benchmarks/phx_crowd.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/io_context.hpp"
#include "client/channel.h"
#include "client/options.h"
#include "client/push.h"
#include "client/socket.h"
#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

class PhxCrowd final : public Crowd {
 public:
  explicit PhxCrowd(std::uint16_t port)
      : url_(absl::StrCat("ws://127.0.0.1:", port, "/socket")),
        options_(std::make_shared<const SocketOptions>(
            SocketOptions{.max_joins_in_flight = 0, .max_push_buffer = 1'000'000})) {}

  void Connect() override {
    Socket& socket = sockets_.emplace_back(io_.get_executor(), url_, options_);
    if (!socket.Connect().ok()) GiveUp("connect");
    Join(socket, 0);
    AwaitJoins();
  }

  void JoinMore(std::uint64_t count) override {
    for (const Socket& socket : sockets_) {
      for (std::uint64_t i = 1; i <= count; ++i) Join(socket, i);
      AwaitJoins();
    }
  }

 private:
  void Join(const Socket& socket, std::uint64_t index) {
    phx::Channel channel = socket.Channel(TopicOf(index));
    channel.On("news", [this](const Message&) { ++news_; });
    ++awaited_;
    channel.Join().Receive([this](const Reply& reply) {
      if (!reply.ok()) GiveUp("a join was refused");
      --awaited_;
    });
    channels_.push_back(std::move(channel));
  }

  void AwaitJoins() {
    while (awaited_ != 0) io_.run_one();
  }

  const std::string url_;
  const std::shared_ptr<const SocketOptions> options_;
  boost::asio::io_context io_{1};
  std::vector<Socket> sockets_;
  std::vector<phx::Channel> channels_;
  std::uint64_t awaited_ = 0;
  std::uint64_t news_ = 0;
};

}  // namespace

std::unique_ptr<Crowd> MakePhxCrowd(std::uint16_t port) { return std::make_unique<PhxCrowd>(port); }

}  // namespace phx::benchmarks
