// Threads, re-entrancy and lifetime: what a handler may do, and what a destructor promises.
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/message_stream.h"
#include "client/socket.h"
#include "client/subscription.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;

class LifetimeTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }
};

TEST_F(LifetimeTest, HandlersNeverRunInsideTheCallersOwnCall) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  bool in_call = false;
  int checked = 0;
  room.On("pushed", [&](const Message&) {
    in_call = true;
    room.Push("crash").Receive("error", [&](const Reply&) {
      EXPECT_FALSE(in_call);
      ++checked;
    });
    room.Leave().Receive("ok", [&](const Reply&) {
      EXPECT_FALSE(in_call);
      ++checked;
    });
    in_call = false;
  });
  room.OnClose([&](const ChannelClosed&) {
    EXPECT_FALSE(in_call);
    ++checked;
  });
  room.Push("push_me", json::object());
  RunUntil([&] { return checked == 3; });
}

TEST_F(LifetimeTest, AHandlerMayTakeItselfAndOthersOut) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> heard;
  Ref first;
  Ref second;
  first = room.On("pushed", [&](const Message&) {
    heard.push_back(1);
    room.Off(first);
    room.Off(second);
    room.On("pushed", [&](const Message&) { heard.push_back(3); });
  });
  second = room.On("pushed", [&](const Message&) { heard.push_back(2); });
  room.Push("push_me", json::object());
  RunUntil([&] { return !heard.empty(); });
  room.Push("push_me", json::object());
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_EQ(heard, (std::vector<int>{1, 3}));
}

TEST_F(LifetimeTest, AHandlerMayDestroyTheSocketAndNoneRunsAfterIt) {
  auto socket = std::make_unique<Socket>(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  int heard = 0;
  room.On("pushed", [&](const Message&) {
    ++heard;
    socket.reset();
  });
  room.On("pushed", [&](const Message&) { ++heard; });
  room.OnError([&](const ChannelErrored&) { ++heard; });
  socket->OnClose([&](const SocketClosed&) { ++heard; });
  room.Push("push_me", json::object());
  RunUntil([&] { return socket == nullptr; });
  RunReady();
  EXPECT_EQ(heard, 1);
}

TEST_F(LifetimeTest, OfOnePushsHandlersNoneRunsAfterTheOneThatDestroysTheSocket) {
  auto socket = std::make_unique<Socket>(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  std::vector<int> heard;
  const Push push = room.Push("echo", json::object());
  push.Receive("ok", [&](const Reply&) {
    heard.push_back(1);
    socket.reset();
  });
  push.Receive("ok", [&](const Reply&) { heard.push_back(2); });
  RunUntil([&] { return socket == nullptr; });
  RunReady();
  EXPECT_EQ(heard, std::vector<int>{1});
}

TEST_F(LifetimeTest, HandlersRegisteredRightBeforeTheEndGoWithTheSocket) {
  const auto token = std::make_shared<int>(0);
  {
    const Socket socket = MakeSocket();
    const Channel room = socket.Channel("room:1");
    room.On("pushed", [token, room](const Message&) {});  // the strand never gets to it
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST_F(LifetimeTest, AClosedSocketDoesNotKeepTheEventLoopRunning) {
  SocketOptions options = ClientOptions();
  options.connect_timeout = options.close_timeout = std::chrono::minutes(1);
  options.should_reconnect = [](const SocketClosed&) { return false; };
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  socket.Disconnect();
  io().restart();
  io().run_for(kPatience);
  EXPECT_TRUE(io().stopped());
  EXPECT_EQ(socket.connection_state(), ConnectionState::kClosed);

  server().SetFaults({.refuse_upgrade = mock::HttpAnswer{.status = 500}});
  ASSERT_TRUE(socket.Connect().ok());
  io().restart();
  io().run_for(kPatience);
  EXPECT_TRUE(io().stopped());
}

TEST_F(LifetimeTest, EveryHookMayDestroyTheSocket) {
  enum Where { kOpen, kClose, kError, kJoin, kReply, kMessage, kChannelError };
  for (const Where where : {kOpen, kClose, kError, kJoin, kReply, kMessage, kChannelError}) {
    server().SetFaults(where == kError
                           ? mock::Faults{.refuse_upgrade = mock::HttpAnswer{.status = 500}}
                           : mock::Faults{});
    auto socket = std::make_unique<Socket>(MakeSocket());
    const Channel room = socket->Channel("room:1");
    const auto end = [&](Where here) {
      if (here == where) socket.reset();
    };
    socket->OnOpen([&](const OpenInfo&) { end(kOpen); });
    socket->OnClose([&](const SocketClosed&) { end(kClose); });
    socket->OnError([&](const SocketError&) { end(kError); });
    socket->OnMessage([&](const Message&) { end(kMessage); });
    room.OnJoin([&](const ChannelJoined&) { end(kJoin); });
    room.OnError([&](const ChannelErrored&) { end(kChannelError); });
    room.Join().Receive("ok", [&](const Reply&) { end(kReply); });
    room.Push("disconnect");
    ASSERT_TRUE(socket->Connect().ok());
    if (where == kClose || where == kChannelError) {
      RunUntil([&] { return socket == nullptr || room.is_joined(); });
      server().DropConnection(mock::Drop::kFin);
    }
    RunUntil([&] { return socket == nullptr; });
    RunReady();
  }
}

// What else of the user's the library calls may end the socket, too.
TEST_F(LifetimeTest, EveryOtherHandlerMayDestroyTheSocket) {
  std::unique_ptr<Socket> socket;
  const auto end = [&](const auto&...) { socket.reset(); };
  const std::vector<std::function<void(const Channel&)>> kWays = {
      [&](const Channel&) {
        socket->OnStatus(end);
        socket->Reconnect();
      },
      [&](const Channel&) { socket->OnHeartbeat(end); },
      [&](const Channel& room) {
        room.OnStatus(end);
        room.Leave();
      },
      [&](const Channel& room) { room.OnMessage(end); },
      [&](const Channel& room) { room.On<json>("pushed", end); },
      [&](const Channel& room) {
        room.On<int>(
            "pushed", [](const int&) {}, end);
      },
      [&](const Channel& room) {
        room.OnClose(end);
        room.Leave();
      },
      [&](const Channel& room) { room.Push("ack").Receive(end); },
      [&](const Channel& room) { room.AsyncPush("ack", json::object(), end); },
      [&](const Channel& room) { room.AsyncLeave(end); },
      [&](const Channel& room) {
        room.Push("noreply", json::object(), std::chrono::milliseconds(1)).Receive("timeout", end);
      },
      [&](const Channel&) { socket->AsyncPing(end); },
      [&](const Channel&) { socket->AsyncStats(end); },
      [&](const Channel&) { socket->AsyncConnect(end); },
      [&](const Channel&) { socket->AsyncDisconnect(end); },
  };
  SocketOptions options = ClientOptions();
  options.heartbeat_interval = std::chrono::milliseconds(20);
  for (const auto& way : kWays) {
    socket = std::make_unique<Socket>(MakeSocket(options));
    const Channel room = Joined(*socket, "room:1");
    way(room);
    room.Push("push_me", json{{"n", 1}});
    RunUntil([&] { return socket == nullptr; });
    RunReady();
  }
}

// Functions that the library asks for something run in the middle of its own work.
TEST_F(LifetimeTest, AFunctionThatIsAskedMayDestroyTheSocket) {
  std::unique_ptr<Socket> socket;
  for (const int which : {0, 1, 2}) {
    const auto asked = [&](int here) {
      if (here == which) socket.reset();
    };
    SocketOptions options = ClientOptions();
    options.params = [&] {
      asked(0);
      return json::object();
    };
    options.auth_token = [&] {
      asked(1);
      return std::string();
    };
    socket = std::make_unique<Socket>(MakeSocket(options));
    const Channel room = socket->Channel("room:1", [&] {
      asked(2);
      return json::object();
    });
    room.Join();
    ASSERT_TRUE(socket->Connect().ok());
    RunUntil([&] { return socket == nullptr; });
    RunReady();
  }
}

TEST_F(LifetimeTest, ManySocketsComeAndGoInEveryState) {
  for (int i = 0; i < 300; ++i) {
    Socket socket = MakeSocket();
    const Channel room = socket.Channel("room:1");
    const MessageStream stream = room.Stream();
    room.Join().Receive([room](const Reply&) {});
    room.On("pushed", [room](const Message&) {});
    if (i % 4 != 0) {
      ASSERT_TRUE(socket.Connect().ok());
    }
    if (i % 4 >= 2) RunUntil([&] { return socket.is_connected(); });
    if (i % 4 == 3) {
      RunUntil([&] { return room.is_joined(); });
      room.Push("noreply");
      if (i % 8 == 7) socket.Disconnect();
    }
  }
  RunReady();
}

TEST_F(LifetimeTest, ATimeoutsHandlerMayLeaveAndDisconnect) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  bool closed = false;
  room.Push("noreply", json::object(), std::chrono::milliseconds(5))
      .Receive("timeout", [&](const Reply&) {
        room.Leave().Receive("ok", [&](const Reply&) { closed = true; });
        socket.Disconnect();
      });
  RunUntil([&] { return closed && socket.connection_state() == ConnectionState::kClosed; });
  EXPECT_TRUE(room.is_closed());
}

TEST_F(LifetimeTest, ADestructorElsewhereWaitsForTheHandlerThatRuns) {
  std::promise<void> entered;
  std::promise<void> resume;
  std::shared_future<void> may_resume = resume.get_future().share();
  std::atomic<bool> finished = false;
  auto socket = std::make_unique<Socket>(url(), ClientOptions());
  const Channel room = socket->Channel("room:1");
  ASSERT_TRUE(socket->Connect().ok());
  ASSERT_TRUE(room.AsyncJoin(boost::asio::use_future).get().ok());
  room.On("pushed", [&](const Message&) {
    entered.set_value();
    may_resume.wait();
    finished = true;
  });
  room.Push("push_me", json::object());
  entered.get_future().wait();
  std::thread release([&] { resume.set_value(); });
  socket.reset();
  EXPECT_TRUE(finished);
  release.join();
}

TEST_F(LifetimeTest, WhatACompletionThrowsDoesNotHoldTheDestructorUp) {
  auto socket = std::make_unique<Socket>(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  room.Push("echo").AsyncWait(
      [](const absl::StatusOr<Reply>&) { throw std::runtime_error("of the completion"); });
  EXPECT_THROW(RunUntil([] { return false; }), std::runtime_error);
  socket.reset();
  RunReady();
}

TEST_F(LifetimeTest, WhatACompletionThrowsReachesTheEventLoopAndTheSocketGoesOn) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  const Push push = room.Push("echo");
  const auto fail = [](const absl::StatusOr<Reply>&) {
    throw std::runtime_error("of the completion");
  };
  int outcomes = 0;
  const auto count = [&](const absl::StatusOr<Reply>& reply) { outcomes += reply.ok() ? 1 : 100; };
  push.AsyncWait(fail);
  push.AsyncWait(count);
  room.Push("echo").AsyncWait(fail);
  EXPECT_THROW(RunUntil([] { return false; }), std::runtime_error);
  EXPECT_THROW(RunUntil([] { return false; }), std::runtime_error);
  room.Push("echo").AsyncWait(count);
  RunUntil([&] { return outcomes == 2; });
}

TEST_F(LifetimeTest, OfTheCompletionsOfOneEventThoseAfterTheDestroyingOneDoNotRun) {
  auto socket = std::make_unique<Socket>(MakeSocket());
  int completed = 0;
  socket->AsyncConnect([&](const absl::Status&) {
    ++completed;
    socket.reset();
  });
  socket->AsyncConnect([&](const absl::Status&) { ++completed; });
  RunUntil([&] { return completed > 0; });
  RunReady();
  EXPECT_EQ(completed, 1);
}

TEST_F(LifetimeTest, ASocketOnItsOwnThreadMayBeDestroyedThere) {
  std::promise<void> gone;
  auto socket = std::make_unique<Socket>(url(), ClientOptions());
  const Channel room = socket->Channel("room:1");
  room.OnJoin([&](const ChannelJoined&) {
    socket.reset();
    gone.set_value();
  });
  ASSERT_TRUE(socket->Connect().ok());
  room.Join();
  ASSERT_EQ(gone.get_future().wait_for(kPatience), std::future_status::ready);
}

TEST_F(LifetimeTest, HandlesOutliveTheirSocketHarmlessly) {
  std::optional<Socket> socket(MakeSocket());
  const Channel room = Joined(*socket, "room:1");
  const Push push = room.Push("noreply");
  socket.reset();
  RunReady();
  room.Push("echo").Receive("ok", [](const Reply&) { FAIL(); });
  room.Join();
  room.Leave();
  room.Off(room.On("event", [](const Message&) { FAIL(); }));
  room.Remove();
  push.Cancel();
  RunReady();
}

TEST_F(LifetimeTest, AnEventLoopThatNeverRunsAgainHoldsNobodyUp) {
  boost::asio::io_context io;
  {
    const Socket socket(io.get_executor(), url(), ClientOptions());
    const Channel room = socket.Channel("room:1");
    room.On("event", [room](const Message&) {});
    room.Join();
    ASSERT_TRUE(socket.Connect().ok());
    io.run_one();
  }
}

TEST_F(LifetimeTest, ASubscriptionEndsWithItsScope) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int scoped = 0;
  int always = 0;
  room.On("pushed", [&](const Message&) { ++always; });
  {
    const Subscription subscription(room, room.On("pushed", [&](const Message&) { ++scoped; }));
    room.Push("push_me", json::object());
    RunUntil([&] { return always == 1; });
  }
  room.Push("push_me", json::object());
  RunUntil([&] { return always == 2; });
  EXPECT_EQ(scoped, 1);
}

TEST_F(LifetimeTest, ManyThreadsMayUseOneSocketAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kPushes = 500;
  const Socket socket(url(), ClientOptions());
  const Channel room = socket.Channel("room:1");
  ASSERT_TRUE(socket.Connect().ok());
  ASSERT_TRUE(room.AsyncJoin(boost::asio::use_future).get().ok());
  std::atomic<int> heard = 0;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::vector<std::future<absl::StatusOr<Reply>>> replies;
      for (int i = 0; i < kPushes; ++i) {
        replies.push_back(
            room.AsyncPush("echo", json{{"t", t}, {"i", i}}, boost::asio::use_future));
        const Ref ref = room.On("event", [&](const Message&) { ++heard; });
        room.Off(ref);
      }
      for (int i = 0; i < kPushes; ++i) {
        const absl::StatusOr<Reply> reply = replies[static_cast<std::size_t>(i)].get();
        ASSERT_TRUE(reply.ok()) << reply.status();
        EXPECT_EQ(reply->response.json(), json({{"t", t}, {"i", i}}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(heard, 0);
}

TEST_F(LifetimeTest, DisconnectRacesWithDialling) {
  for (int i = 0; i < 200; ++i) {
    const Socket socket(url(), ClientOptions());
    const Channel room = socket.Channel("room:1");
    room.Join();
    ASSERT_TRUE(socket.Connect().ok());
    std::thread other([&] { socket.Disconnect(); });
    if (i % 2 == 0) {
      ASSERT_TRUE(socket.Connect().ok());
    }
    other.join();
  }
}

}  // namespace
}  // namespace phx::test
