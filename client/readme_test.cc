// The C++ of README.md, compiled and run against the mock server.
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/co_spawn.hpp"
#include "boost/asio/detached.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/logger.h"
#include "client/message_stream.h"
#include "client/options.h"
#include "client/presence/presence.h"
#include "client/push.h"
#include "client/socket.h"
#include "client/subscription.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/channel_builder.h"
#include "mockserver/ready_set.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"
#include "testing/readme_snippets.h"
#include "testing/tls_certs.h"

namespace {

namespace asio = boost::asio;
using std::chrono_literals::operator""s;  // NOLINT(misc-unused-using-decls): 2s uses it

// What an application has shown to its user. Handlers may run on a socket's own thread.
class Screen {
 public:
  static Screen& Get() {
    static Screen& screen = *new Screen();
    return screen;
  }

  void Clear() {
    const std::lock_guard lock(mutex_);
    lines_.clear();
  }
  void Add(std::string line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    changed_.notify_all();
  }
  // Waits until a line contains `text`; false if none does in good time.
  bool AwaitLineWith(std::string_view text) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const std::string& line) {
        return line.find(text) != std::string::npos;
      });
    });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;  // under mutex_
};

void Show(std::string_view text) { Screen::Get().Add(std::string(text)); }
void Show(const std::string& text) { Screen::Get().Add(text); }
void Show(const char* text) { Screen::Get().Add(text); }
void Show(const nlohmann::json& value) { Screen::Get().Add(value.dump()); }
bool IsShown(std::string_view text) { return Screen::Get().AwaitLineWith(text); }

std::string LoadToken() { return "secret"; }
int LastSeen() { return 41; }

class ClientReadmeTest : public testing::Test {
 protected:
  ClientReadmeTest() {
    Screen::Get().Clear();
    EXPECT_TRUE(server_.status().ok()) << server_.status();
  }

  phx::mock::Server server_{phx::mock::ServerOptions{.sockets = phx::mock::ReadySet()}};
  // As the guide calls it.
  const std::string url = server_.url("/auth");  // NOLINT(readability-identifier-naming)
};

TEST_F(ClientReadmeTest, ConnectWithAToken) {
  phx::SocketOptions options;
  options.auth_token = [] { return LoadToken(); };  // asked before every connect
  options.params = {{"device", "robot-7"}};         // in the URL's query
  phx::Socket socket(url, options);                 // "wss://example.com/socket"
  socket.OnOpen([](const phx::OpenInfo&) { Show("connected"); });
  socket.OnError([](const phx::SocketError& error) { Show(error.status.ToString()); });
  if (absl::Status status = socket.Connect(); !status.ok()) Show(status.ToString());  // a bad URL

  EXPECT_TRUE(IsShown("connected"));
  const phx::Channel room = socket.Channel("room:lobby");
  room.Join();
  const auto info = room.AsyncPush("info", phx::Payload(), asio::use_future).get();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->response.json()["connect_info"]["auth_token"], "secret");
  EXPECT_EQ(info->response.json()["connect_params"]["device"], "robot-7");
}

TEST_F(ClientReadmeTest, ConnectOnAnEventLoop) {
  asio::io_context io;
  phx::Socket socket(io.get_executor(), url);
  socket.OnOpen([&](const phx::OpenInfo&) { socket.Disconnect(); });
  ASSERT_TRUE(socket.Connect().ok());
  io.run();
  EXPECT_FALSE(socket.is_connected());
}

TEST_F(ClientReadmeTest, JoinAChannel) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  phx::Channel room = socket.Channel("room:lobby", {{"nick", "ann"}});
  room.Join()
      .Receive("ok", [](const phx::Reply& reply) { Show(reply.response.text()); })
      .Receive("error", [](const phx::Reply& reply) { Show(reply.response.text()); })
      .Receive("timeout", [](const phx::Reply&) { Show("no answer"); });
  EXPECT_TRUE(IsShown(R"({"nick":"ann"})"));

  socket.Channel("room:lobby", phx::JoinParams([] {
                   return nlohmann::json{{"last_seen", LastSeen()}};
                 }));
  server_.DropConnection(phx::mock::Drop::kRst);
  EXPECT_TRUE(IsShown(R"({"last_seen":41})"));
}

TEST_F(ClientReadmeTest, PushWithHandlers) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  const phx::Channel room = socket.Channel("room:lobby");
  room.Join();
  room.Push("echo", {{"body", "hi"}})
      .Receive("ok", [](const phx::Reply& reply) { Show(reply.response.json()["body"]); })
      .Receive("error", [](const phx::Reply& reply) { Show(reply.response.text()); })
      .Receive("timeout", [](const phx::Reply&) { Show("no answer"); });
  EXPECT_TRUE(IsShown("\"hi\""));
}

asio::awaitable<void> Greet(phx::Socket socket) {
  absl::Status connected = co_await socket.AsyncConnect(asio::use_awaitable);
  phx::Channel room = socket.Channel("room:lobby");
  absl::StatusOr<phx::Reply> joined = co_await room.AsyncJoin(asio::use_awaitable);
  const nlohmann::json payload = {{"body", "hi"}};  // g++ 12 takes no such braces in a co_await
  absl::StatusOr<phx::Reply> reply = co_await room.AsyncPush("echo", payload, asio::use_awaitable);
  if (reply.ok()) Show(reply->response.text());
}

TEST_F(ClientReadmeTest, PushInACoroutine) {
  asio::io_context io;
  phx::Socket socket(io.get_executor(), url);
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        co_await Greet(socket);
        socket.Disconnect();
      },
      asio::detached);
  io.run();
  EXPECT_TRUE(IsShown(R"({"body":"hi"})"));
}

asio::awaitable<void> ShowShouts(phx::Channel room) {
  phx::MessageStream shouts = room.Stream("shouted", {.capacity = 100});
  for (;;) {
    absl::StatusOr<phx::Message> message = co_await shouts.AsyncReceive(asio::use_awaitable);
    if (!message.ok()) break;  // the channel was left
    Show(message->payload.json()["body"]);
  }
}

TEST_F(ClientReadmeTest, ReceiveInACoroutine) {
  asio::io_context io;
  phx::Socket socket(io.get_executor(), url);
  ASSERT_TRUE(socket.Connect().ok());
  const phx::Channel room = socket.Channel("room:lobby");
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        co_await ShowShouts(room);
        socket.Disconnect();
      },
      asio::detached);
  room.On("shouted", [room](const phx::Message&) { room.Leave(); });
  room.Join();
  room.Push("shout", {{"body", "hi"}});
  io.run();
  EXPECT_TRUE(IsShown(R"("hi")"));
}

TEST_F(ClientReadmeTest, PushAndBlock) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  const phx::Channel room = socket.Channel("room:lobby");
  room.Join();
  absl::StatusOr<phx::Reply> reply =
      room.AsyncPush("echo", {{"body", "hi"}}, asio::use_future).get();
  ASSERT_TRUE(reply.ok()) << reply.status();
  EXPECT_EQ(reply->response.text(), R"({"body":"hi"})");
  const nlohmann::json payload = {{"body", "hi"}};
  room.Push("echo", payload, 2s).Receive("ok", [](const phx::Reply&) { Show("in time"); });
  EXPECT_TRUE(IsShown("in time"));
}

class Transcript {
 public:
  explicit Transcript(phx::Channel room) : room_(std::move(room)) {}

 private:
  phx::Channel room_;
  phx::Subscription shouts_{room_, room_.On("shouted", [](const phx::Message& message) {
                              Show(message.payload.text());
                            })};
};

TEST_F(ClientReadmeTest, HearMessages) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  const phx::Channel room = socket.Channel("room:lobby");
  const Transcript transcript(room);
  room.On("shouted", [](const phx::Message& message) { Show(message.payload.json()["body"]); });
  room.Join();
  room.Push("shout", {{"body", "hi"}});
  EXPECT_TRUE(IsShown(R"({"body":"hi"})"));
  EXPECT_TRUE(IsShown(R"("hi")"));
}

TEST_F(ClientReadmeTest, SeeWhoIsThere) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  phx::Channel room = socket.Channel("presence:lobby", {{"user", "ann"}});
  phx::Presence presence(room);  // before the join, so that it misses nothing
  presence.OnJoin([](const phx::PresenceJoined& joined) {
    if (joined.is_first()) Show(joined.key + " has come");
  });
  presence.OnLeave([](const phx::PresenceLeft& left) {
    if (left.is_last()) Show(left.key + " has gone");
  });
  presence.OnSync([presence] { Show(std::to_string(presence.size()) + " present"); });
  room.Join();
  EXPECT_TRUE(IsShown("ann has come"));
  EXPECT_TRUE(IsShown("1 present"));
  room.Push("untrack");
  EXPECT_TRUE(IsShown("ann has gone"));
  EXPECT_TRUE(IsShown("0 present"));
}

struct Order {
  int id = 0;
  std::string item;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Order, id, item)

TEST_F(ClientReadmeTest, Payloads) {
  const phx::Socket socket(url);
  ASSERT_TRUE(socket.Connect().ok());
  const phx::Channel room = socket.Channel("room:lobby");
  room.Join();
  room.On<Order>("shouted", [](const Order& order) { Show(order.item); });
  room.Push("echo", Order{7, "tea"}).Receive("ok", [](const phx::Reply& reply) {
    absl::StatusOr<Order> order = reply.As<Order>();
    if (order.ok()) Show(order->item);
  });
  EXPECT_TRUE(IsShown("tea"));
  room.Push("shout", Order{8, "cake"});
  EXPECT_TRUE(IsShown("cake"));

  room.Push("bin_echo", phx::Payload::Binary("\x01\x02"))
      .Receive("ok", [](const phx::Reply& reply) {
        Show(std::to_string(reply.response.bytes().size()) + " bytes");
      });
  EXPECT_TRUE(IsShown("2 bytes"));
}

TEST_F(ClientReadmeTest, WhenTheConnectionIsLost) {
  phx::SocketOptions options;
  options.reconnect_after = [](int tries) { return std::chrono::seconds(std::min(tries, 30)); };
  options.jitter = 0.5;  // each wait times 0.5 to 1.5
  options.should_reconnect = [](const phx::SocketClosed& closed) {
    return !absl::IsPermissionDenied(closed.status);  // a new token would be needed
  };
  options.should_rejoin = [](const phx::Reply& refusal) {
    return refusal.response.json().value("reason", "") != "unauthorized";
  };
  const phx::Socket socket(url, options);
  const phx::Channel room = socket.Channel("room:lobby");
  socket.OnClose([](const phx::SocketClosed& closed) {
    Show("closed with " + std::to_string(closed.info.code));
    if (closed.reconnect_in.has_value()) Show("will reconnect");
  });
  room.OnError([](const phx::ChannelErrored&) { Show("the room is lost"); });
  room.OnJoin([](const phx::ChannelJoined& joined) {
    if (joined.is_rejoin) Show("the room is back");  // time to fetch what was missed
  });
  ASSERT_TRUE(socket.Connect().ok());
  ASSERT_TRUE(room.AsyncJoin(asio::use_future).get().ok());
  server_.Close({1012, "restart"});
  EXPECT_TRUE(IsShown("closed with 1012"));
  EXPECT_TRUE(IsShown("will reconnect"));
  EXPECT_TRUE(IsShown("the room is lost"));
  socket.Reconnect();
  EXPECT_TRUE(IsShown("the room is back"));
}

TEST_F(ClientReadmeTest, WatchItsHealth) {
  phx::Socket socket(url);
  socket.OnStatus([](const phx::SocketStatus& status) {
    Show(std::string(ToString(status.kind)));  // and status.until, for a countdown
  });
  socket.OnHeartbeat([](const phx::Heartbeat& heartbeat) {
    if (heartbeat.event == phx::Heartbeat::Event::kTimeout) Show("the server is silent");
  });
  ASSERT_TRUE(socket.AsyncConnect(asio::use_future).get().ok());
  EXPECT_TRUE(IsShown("open"));
  absl::StatusOr<phx::Duration> round_trip = socket.AsyncPing(asio::use_future).get();
  ASSERT_TRUE(round_trip.ok()) << round_trip.status();
  EXPECT_GT(*round_trip, phx::Duration::zero());
}

TEST_F(ClientReadmeTest, SecureItAndLog) {
  const phx::test::TlsCerts& certs = phx::test::TlsCerts::Get();
  phx::mock::ServerOptions server_options{.sockets = phx::mock::ReadySet()};
  server_options.tls = certs.server().server_options();
  const phx::mock::Server server(std::move(server_options));
  ASSERT_TRUE(server.status().ok()) << server.status();
  const std::string ca_pem = certs.ca_pem();
  phx::SocketOptions options;
  options.tls.ca_pem = ca_pem;
  options.logger = std::make_shared<phx::FunctionLogger>(
      phx::LogLevel::kInfo, [](phx::LogLevel, std::string_view kind, std::string_view message) {
        Show(std::string(kind) + ": " + std::string(message));
      });
  const phx::Socket socket(server.url(), options);
  ASSERT_TRUE(socket.Connect().ok());
  EXPECT_TRUE(IsShown("transport: connected to wss://"));
}

// An application that keeps to one room.
class MyApp {
 public:
  explicit MyApp(const std::string& url) : socket_(url, {.logger = phx::NoopLogger()}) {
    EXPECT_TRUE(socket_.Connect().ok());
    socket_.Channel("room:lobby").Join();
  }

 private:
  phx::Socket socket_;
};

TEST(MyAppTest, ComesBackToItsRoom) {
  phx::mock::UserSocket users;
  users.channels = {{"room:*", phx::mock::ChannelBuilder().Build()}};
  phx::mock::ServerOptions options;
  options.sockets = {users};
  phx::mock::Server server(std::move(options));
  ASSERT_TRUE(server.status().ok()) << server.status();

  MyApp app(server.url());
  ASSERT_TRUE(server.recorder().AwaitJoin("room:lobby", 5s).ok());
  server.DropConnection(phx::mock::Drop::kRst);
  EXPECT_TRUE(server.recorder().AwaitJoin("room:lobby", 5s).ok());
}

TEST(ClientReadmeSnippetsTest, AreThoseOfThisTest) {
  phx::test::ExpectSnippetsIn("client/README.md", "client/readme_test.cc");
}

}  // namespace
