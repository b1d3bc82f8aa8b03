// Many threads on one socket, and threads that end it.
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/socket.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;

class ThreadsTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }

  // A socket on a thread of its own, connected and joined to room:1.
  Channel JoinedElsewhere(const Socket& socket) {
    const Channel room = socket.Channel("room:1");
    EXPECT_TRUE(socket.Connect().ok());
    EXPECT_TRUE(room.AsyncJoin(boost::asio::use_future).get().ok());
    return room;
  }

  // Waits until the server has answered everything that was pushed before.
  static void Settle(const Channel& room) {
    const absl::StatusOr<Reply> reply =
        room.AsyncPush("ack", wire::Payload(), kPatience * 3, boost::asio::use_future).get();
    EXPECT_TRUE(reply.ok()) << reply.status();
  }

  template <typename Body>
  static void InThreads(int count, const Body& body) {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<std::size_t>(count));
    for (int t = 0; t < count; ++t) threads.emplace_back([&body, t] { body(t); });
    for (std::thread& thread : threads) thread.join();
  }

  std::size_t CountOf(mock::Received::Kind kind) {
    return server().recorder().Count([&](const auto& received) { return received.kind == kind; });
  }
};

TEST_F(ThreadsTest, JoinPushAndLeaveAtOnce) {
  const Socket socket(url(), ClientOptions());
  ASSERT_TRUE(socket.Connect().ok());
  InThreads(8, [&](int t) {
    for (int i = 0; i < 20; ++i) {
      // Half of the topics are shared between two threads.
      const Channel room = socket.Channel("room:" + std::to_string(t / 2));
      room.Join();
      room.Push("ack").Receive([](const Reply&) {});
      room.Cast("noreply", json::object());
      room.Leave();
      if (i % 7 == 0) room.Remove();
    }
  });
  const Channel last = JoinedElsewhere(socket);
  Settle(last);
  EXPECT_EQ(CountOf(mock::Received::Kind::kMalformed), 0U);
}

TEST_F(ThreadsTest, RegisterAndUnregisterWhileMessagesPourIn) {
  mock::Server& mock_server = server();
  const Socket socket(url(), ClientOptions());
  const Channel room = JoinedElsewhere(socket);
  std::atomic<bool> stop = false;
  std::thread flood([&] {
    for (int n = 0; n < 20'000 && !stop; ++n) {
      mock_server.Broadcast("room:1", "tick", mock::Json::object()).IgnoreError();
    }
  });
  std::atomic<int> heard = 0;
  InThreads(4, [&](int) {
    for (int i = 0; i < 300; ++i) {
      const Ref one = room.On("tick", [&](const Message&) { ++heard; });
      const Ref all = room.OnMessage([&](const Message&) { ++heard; });
      room.Off(one);
      room.Off(all);
    }
  });
  stop = true;
  flood.join();
  Settle(room);
  const int before = heard;
  mock_server.Broadcast("room:1", "tick", mock::Json::object()).IgnoreError();
  Settle(room);
  EXPECT_EQ(heard, before) << "all of them were taken out";
}

TEST_F(ThreadsTest, SendWholeFramesAndEachOnce) {
  constexpr int kThreads = 8;
  constexpr int kPushes = 1000;
  const Socket socket(url(), ClientOptions());
  const Channel room = JoinedElsewhere(socket);
  InThreads(kThreads, [&](int t) {
    for (int i = 0; i < kPushes; ++i) room.Cast("noreply", json{{"t", t}, {"i", i}});
  });
  Settle(room);
  std::vector<int> next(kThreads, 0);
  for (const mock::Received& received : server().recorder().All()) {
    ASSERT_NE(received.kind, mock::Received::Kind::kMalformed) << received;
    if (received.event != "noreply") continue;
    const mock::Json payload = received.payload.json();
    EXPECT_EQ(payload.at("i").get<int>(), next[payload.at("t").get<std::size_t>()]++)
        << "each thread's own order";
  }
  EXPECT_EQ(next, std::vector<int>(kThreads, kPushes));
}

TEST_F(ThreadsTest, DisconnectInTheMiddleOfAFlood) {
  const Socket socket(url(), ClientOptions());
  const Channel room = JoinedElsewhere(socket);
  std::atomic<bool> stop = false;
  std::thread flood([&] {
    while (!stop) {
      for (int n = 0; n < 100; ++n) room.Push("ack").Receive([](const Reply&) {});
      socket.AsyncStats(boost::asio::use_future).get();  // no faster than the strand
    }
  });
  for (int i = 0; i < 50; ++i) {
    socket.Disconnect();
    ASSERT_TRUE(socket.AsyncConnect(boost::asio::use_future).get().ok());
  }
  stop = true;
  flood.join();
  EXPECT_EQ(CountOf(mock::Received::Kind::kMalformed), 0U);
}

TEST_F(ThreadsTest, DestroyTheSocketAtAnyMoment) {
  for (int i = 0; i < 100; ++i) {
    auto socket = std::make_unique<Socket>(url(), ClientOptions());
    const Channel room = socket->Channel("room:1");
    std::atomic<bool> gone = false;
    room.OnStatus([&](const ChannelStatus&) { EXPECT_FALSE(gone); });
    socket->OnStatus([&](const SocketStatus&) { EXPECT_FALSE(gone); });
    room.Join().Receive([&](const Reply&) { EXPECT_FALSE(gone); });
    ASSERT_TRUE(socket->Connect().ok());
    std::thread other([&] {
      for (int n = 0; n < 20; ++n)
        room.Push("ack").Receive([&](const Reply&) { EXPECT_FALSE(gone); });
    });
    for (int spin = 0; spin < i * 20; ++spin) std::this_thread::yield();
    socket.reset();
    gone = true;
    other.join();
  }
}

}  // namespace
}  // namespace phx::test
