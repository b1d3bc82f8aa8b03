#include "testing/benchmarks/beast_crowd.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/address_v4.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/beast/core/flat_buffer.hpp"
#include "boost/beast/websocket/stream.hpp"
#include "testing/benchmarks/crowd.h"
#include "testing/benchmarks/traffic.h"

namespace phx::benchmarks {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

void Check(const error_code& error) {
  if (error) GiveUp(error.message());
}

// One connection. It reads all the time, message by message.
class BeastMember {
 public:
  explicit BeastMember(boost::asio::io_context& io) : stream_(io) {}

  void Connect(std::uint16_t port) {
    ++awaited_;
    stream_.next_layer().async_connect({boost::asio::ip::address_v4::loopback(), port},
                                       [this, port](const error_code& error) {
                                         Check(error);
                                         stream_.next_layer().set_option(tcp::no_delay(true));
                                         Upgrade(port);
                                       });
  }

  void Join(std::uint64_t index) {
    ++awaited_;
    AppendMessage(joins_.emplace_back(), ++ref_, TopicOf(index), "phx_join", "{}");
    if (joins_.size() == 1) Write();
  }

  std::uint64_t awaited() const { return awaited_; }

 private:
  void Upgrade(std::uint16_t port) {
    stream_.async_handshake(absl::StrCat("127.0.0.1:", port), kTarget,
                            [this](const error_code& error) {
                              Check(error);
                              Join(0);
                              --awaited_;
                              Read();
                            });
  }

  void Write() {
    stream_.async_write(boost::asio::buffer(joins_[written_]),
                        [this](const error_code& error, std::size_t) {
                          Check(error);
                          if (++written_ != joins_.size()) return Write();
                          joins_ = {};
                          written_ = 0;
                        });
  }

  void Read() {
    stream_.async_read(buffer_, [this](const error_code& error, std::size_t) {
      Check(error);
      buffer_.clear();
      --awaited_;
      Read();
    });
  }

  boost::beast::websocket::stream<tcp::socket> stream_;
  boost::beast::flat_buffer buffer_;
  std::vector<std::string> joins_;
  std::size_t written_ = 0;
  std::uint64_t ref_ = 0;
  std::uint64_t awaited_ = 0;
};

class BeastCrowd final : public Crowd {
 public:
  explicit BeastCrowd(std::uint16_t port) : port_(port) {}

  void Connect() override {
    BeastMember& member = *members_.emplace_back(std::make_unique<BeastMember>(io_));
    member.Connect(port_);
    Await(member);
  }

  void JoinMore(std::uint64_t count) override {
    for (const auto& member : members_) {
      for (std::uint64_t i = 1; i <= count; ++i) member->Join(i);
      Await(*member);
    }
  }

 private:
  void Await(const BeastMember& member) {
    while (member.awaited() != 0) io_.run_one();
  }

  const std::uint16_t port_;
  boost::asio::io_context io_{1};
  std::vector<std::unique_ptr<BeastMember>> members_;
};

}  // namespace

std::unique_ptr<Crowd> MakeBeastCrowd(std::uint16_t port) {
  return std::make_unique<BeastCrowd>(port);
}

}  // namespace phx::benchmarks
