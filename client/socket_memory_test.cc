// What the whole client allocates for a push and its reply in a steady flow: next to nothing. (A
// turn of the strand does allocate: Asio's type-erased executors. However many messages it has, it
// is one.)
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "boost/asio/any_io_executor.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/post.hpp"
#include "client/channel.h"
#include "client/options.h"
#include "client/push.h"
#include "client/socket.h"
#include "client/transport/transport.h"
#include "client/wire/payload.h"
#include "gtest/gtest.h"
#include "testing/allocation_counter.h"

namespace phx {
namespace {

using ::phx::test::AllocationCounter;
using namespace std::chrono_literals;

// A server that answers every frame with "ok", and a network in between, all in memory that is
// allocated once.
class EchoTransport final : public Transport, public std::enable_shared_from_this<EchoTransport> {
 public:
  EchoTransport(boost::asio::any_io_executor executor, TransportHandler& handler)
      : executor_(std::move(executor)), handler_(handler) {
    answers_.reserve(1U << 20U);
    arriving_.reserve(1U << 20U);
    ends_.reserve(4096);
    arriving_ends_.reserve(4096);
  }

  void Open(TransportRequest /*request*/) override {
    boost::asio::post(executor_,
                      [self = shared_from_this()] { self->handler_.OnTransportOpen({}); });
  }

  // ["join_ref","ref","topic",… becomes ["join_ref","ref","topic","phx_reply",…
  void Send(wire::FrameView frame) override {
    std::size_t end = 0;
    for (int quote = 0; quote < 6; ++quote) end = frame.data.find('"', end) + 1;
    answers_.append(frame.data.substr(0, end));
    answers_.append(R"(,"phx_reply",{"status":"ok","response":{}}])");
    ends_.push_back(answers_.size());
  }

  void Flush() override {
    if (ends_.empty()) return;
    boost::asio::post(executor_, [self = shared_from_this()] { self->Deliver(); });
  }

  void Close(const wire::CloseInfo& info) override {
    boost::asio::post(executor_, [self = shared_from_this(), info] {
      self->handler_.OnTransportClosed({.info = info, .was_clean = true});
    });
  }
  void Abandon() override {}
  std::size_t buffered_amount() const override { return 0; }

 private:
  void Deliver() {
    arriving_.swap(answers_);
    arriving_ends_.swap(ends_);
    answers_.clear();
    ends_.clear();
    std::size_t begin = 0;
    for (const std::size_t end : arriving_ends_) {
      handler_.OnTransportFrame(
          {wire::FrameType::kText, std::string_view(arriving_).substr(begin, end - begin)});
      begin = end;
    }
  }

  const boost::asio::any_io_executor executor_;
  TransportHandler& handler_;
  std::string answers_;
  std::string arriving_;
  std::vector<std::size_t> ends_;
  std::vector<std::size_t> arriving_ends_;
};

class SocketMemoryTest : public ::testing::Test {
 protected:
  SocketMemoryTest() {
    room_.Join().Receive("ok", [this](const Reply&) { is_joined_ = true; });
    EXPECT_TRUE(socket_.Connect().ok());
    while (!is_joined_) io_.run_one();
    io_.restart();
  }

  static SocketOptions Options() {
    SocketOptions options;
    options.heartbeat_interval = 0s;
    options.transport = [](const boost::asio::any_io_executor& executor,
                           TransportHandler& handler) -> std::shared_ptr<Transport> {
      return std::make_shared<EchoTransport>(executor, handler);
    };
    return options;
  }

  static Payload Text() {
    return Payload::JsonText(wire::Text::Borrow(R"({"body":"a text that is not small"})"));
  }

  // Plays many turns, in each of which all replies to `batch` pushes arrive and bring about as many
  // new ones. Returns what the later turns allocated; the first ones warm the buffers up.
  std::int64_t Converse(int batch) {
    batch_ = batch;
    turns_ = 0;
    boost::asio::post(socket_.get_executor(), [this] { Push(); });
    io_.restart();
    io_.run();
    return allocations_;
  }

  void Push() {
    if (++turns_ == kTurns / 2) counter_.emplace();
    if (turns_ == kTurns) {
      allocations_ = counter_->allocations();
      io_.stop();
      return;
    }
    awaited_ = batch_;
    for (int i = 0; i < batch_; ++i) {
      room_.Push("new_msg", Text()).Receive("ok", [this](const Reply&) {
        if (--awaited_ == 0) Push();
      });
    }
  }

  static constexpr int kTurns = 1000;
  boost::asio::io_context io_{1};
  Socket socket_{io_.get_executor(), "ws://localhost/socket", Options()};
  phx::Channel room_ = socket_.Channel("room:1");
  bool is_joined_ = false;
  int batch_ = 0;
  int turns_ = 0;
  int awaited_ = 0;
  std::optional<AllocationCounter> counter_;
  std::int64_t allocations_ = -1;
};

TEST_F(SocketMemoryTest, AllocatesForFewerThanOneInTenPushesAndReplies) {
  constexpr int kBatch = 20;
  constexpr int kPushes = kBatch * kTurns / 2;  // of the turns that are counted
  const std::int64_t of_the_turns = Converse(1);
  EXPECT_LT(Converse(kBatch) - of_the_turns, kPushes / 10);
}

}  // namespace
}  // namespace phx
