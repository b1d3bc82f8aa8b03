// What befalls native clients in the field: servers that restart, hang, refuse and forget.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/use_future.hpp"
#include "client/channel.h"
#include "client/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/ready_set.h"
#include "mockserver/user_socket.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using absl::StatusCode;
using boost::asio::ip::tcp;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class OutageTest : public LoopbackTest {
 protected:
  // Waits until the server has answered everything that was pushed before.
  void Settle(const Channel& channel) {
    bool answered = false;
    channel.Push("ack").Receive("ok", [&](const Reply&) { answered = true; });
    RunUntil([&] { return answered; });
  }

  // How many sockets, files and so on this process has open.
  static std::ptrdiff_t OpenDescriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  }
};

// A server of the test's own, which accepts connections and says nothing.
struct SilentServer {
  explicit SilentServer(boost::asio::io_context& io)
      : acceptor(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {}
  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/socket";
  }
  tcp::acceptor acceptor;
};

TEST_F(OutageTest, AServerThatNeverAnswersTlsRunsIntoTheConnectTimeout) {
  Start({.tls = true});
  const SilentServer silent(io());
  SocketOptions options = ClientOptions();
  options.connect_timeout = std::chrono::milliseconds(50);
  const Socket socket(io().get_executor(), silent.url("wss"), options);
  std::optional<absl::Status> error;
  socket.OnError([&](const SocketError& failed) { error = failed.status; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return error.has_value(); });
  EXPECT_EQ(error->code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(error->message()), HasSubstr("TLS handshake"));
}

TEST_F(OutageTest, AServerThatRestartsIsFoundAgain) {
  Start();
  mock::ServerOptions first_options;
  first_options.sockets = mock::ReadySet();
  auto running = std::make_unique<mock::Server>(std::move(first_options));
  ASSERT_TRUE(running->status().ok());
  const std::uint16_t port = running->port();
  const Socket socket(io().get_executor(), running->url(), ClientOptions());
  const Channel room = Joined(socket, "room:1");
  int errors = 0;
  socket.OnError([&](const SocketError&) { ++errors; });
  running.reset();
  RunUntil([&] { return errors >= 3; });
  mock::ServerOptions second_options;
  second_options.sockets = mock::ReadySet();
  second_options.port = port;
  const mock::Server again(std::move(second_options));
  ASSERT_TRUE(again.status().ok()) << again.status();
  RunUntil([&] { return room.is_joined(); });
  Settle(room);
}

TEST_F(OutageTest, ABusyServerIsLeftAloneForAsLongAsItAsks) {
  Start();
  server().SetFaults({.refuse_upgrade = mock::HttpAnswer{503, {{"Retry-After", "7"}}, "busy"}});
  const Socket socket = MakeSocket();
  std::optional<SocketError> refused;
  socket.OnError([&](const SocketError& error) { refused = error; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return refused.has_value(); });
  EXPECT_EQ(refused->response.status, 503);
  EXPECT_GE(refused->reconnect_in, std::chrono::seconds(7));
  server().SetFaults({});
  socket.Reconnect();  // does not wait
  RunUntil([&] { return socket.is_connected(); });
}

// Cowboy says 1000 when it ends an idle connection, as if somebody had wished it; Bandit says 1002.
TEST_F(OutageTest, AConnectionThatTheServerEndsForIdlenessIsReplaced) {
  Start();
  for (const mock::Adapter adapter : {mock::Adapter::kCowboy, mock::Adapter::kBandit}) {
    mock::ServerOptions server_options;
    server_options.flavor.adapter = adapter;
    server_options.sockets = mock::ReadySet();
    for (mock::UserSocket& socket : server_options.sockets) {
      socket.timeout = std::chrono::milliseconds(20);
    }
    const mock::Server impatient(std::move(server_options));
    ASSERT_TRUE(impatient.status().ok()) << impatient.status();
    const Socket socket(io().get_executor(), impatient.url(), ClientOptions());
    const Channel room = socket.Channel("room:1");
    std::vector<int> codes;
    int joins = 0;
    socket.OnClose([&](const SocketClosed& closed) { codes.push_back(closed.info.code); });
    room.OnJoin([&](const ChannelJoined&) { ++joins; });
    room.Join();
    ASSERT_TRUE(socket.Connect().ok());
    RunUntil([&] { return joins >= 3 && codes.size() >= 2; });
    EXPECT_THAT(codes, testing::Each(adapter == mock::Adapter::kCowboy ? 1000 : 1002));
    socket.Disconnect();
    RunUntil([&] { return socket.connection_state() == ConnectionState::kClosed; });
  }
}

TEST_F(OutageTest, DisconnectWhileTheServerIsDownIsFinal) {
  Start();
  std::optional<SilentServer> taken(std::in_place, io());
  const std::string url = taken->url("ws");
  const std::uint16_t port = taken->acceptor.local_endpoint().port();
  taken.reset();
  const Socket socket(io().get_executor(), url, ClientOptions());
  int errors = 0;
  socket.OnError([&](const SocketError&) { ++errors; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return errors == 3; });
  socket.Disconnect();
  mock::ServerOptions options;
  options.port = port;
  const mock::Server up(std::move(options));
  ASSERT_TRUE(up.status().ok()) << up.status();
  // Another socket's whole conversation takes longer than any wait that was left.
  Joined(MakeSocket(), "room:1");
  EXPECT_FALSE(up.AwaitConnections(1, std::chrono::milliseconds(30)));
  EXPECT_EQ(errors, 3);
}

TEST_F(OutageTest, ConnectRightAfterDisconnectOpensANewConnection) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int opened = 0;
  int closed = 0;
  socket.OnOpen([&](const OpenInfo&) { ++opened; });
  socket.OnClose([&](const SocketClosed&) { ++closed; });
  for (int i = 1; i <= 5; ++i) {
    socket.Disconnect();
    ASSERT_TRUE(socket.Connect().ok());
    RunUntil([&] { return opened == i && room.is_joined(); });
    Settle(room);
    EXPECT_EQ(closed, i);
  }
}

TEST_F(OutageTest, ChannelsServeAgainAfterEveryOutage) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  for (int i = 1; i <= 3; ++i) {
    server().DropConnection(i % 2 == 0 ? mock::Drop::kFin : mock::Drop::kRst);
    RunUntil([&] { return joins == i; });
    Settle(room);
  }
}

TEST_F(OutageTest, AConnectionResetInTheMiddleOfAFrameIsReplaced) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int joins = 0;
  int closes = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  socket.OnClose([&](const SocketClosed&) { ++closes; });
  server().SendRaw(std::string("\x81\x7e\x01\x00[null,null", 14));
  server().DropConnection(mock::Drop::kRst);
  RunUntil([&] { return joins == 1; });
  EXPECT_EQ(closes, 1);
  Settle(room);
}

// TLS that ends without close_notify is how most servers die.
TEST_F(OutageTest, TlsThatEndsWithoutGoodbyeIsOneQuietClose) {
  Start({.tls = true});
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> codes;
  int errors = 0;
  int joins = 0;
  socket.OnClose([&](const SocketClosed& closed) { codes.push_back(closed.info.code); });
  socket.OnError([&](const SocketError&) { ++errors; });
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return joins == 1; });
  EXPECT_THAT(codes, ElementsAre(1006));
  EXPECT_EQ(errors, 0);
}

TEST_F(OutageTest, ManyReconnectsLeaveNothingOpen) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  const auto reconnect = [&](int times) {
    for (int i = 0; i < times; ++i) {
      const int before = joins;
      server().DropConnection(i % 2 == 0 ? mock::Drop::kFin : mock::Drop::kRst);
      RunUntil([&] { return joins == before + 1; });
    }
    ASSERT_TRUE(server().AwaitConnections(1, kPatience));
  };
  reconnect(5);
  const std::ptrdiff_t before = OpenDescriptors();
  reconnect(200);
  EXPECT_LE(OpenDescriptors(), before + 3);  // the last connections may still be closing
}

TEST_F(OutageTest, NoSubprotocolIsOfferedWithoutAToken) {
  Start();
  const Socket socket = MakeSocket();
  Joined(socket, "room:1");
  const auto request = server().recorder().Await(mock::Received::Kind::kRequest, kPatience);
  ASSERT_TRUE(request.ok()) << request.status();
  for (const auto& [name, value] : request->info.headers) {
    EXPECT_THAT(name, Not(testing::StrCaseEq("sec-websocket-protocol"))) << value;
  }
}

// --- joins

TEST_F(OutageTest, TooManyChannelsAreToldWhyAndAreNotTriedInATightLoop) {
  Start();
  mock::ServerOptions server_options;
  server_options.sockets = mock::ReadySet(/*max_channels_per_transport=*/3);
  mock::Server small(std::move(server_options));
  ASSERT_TRUE(small.status().ok());
  SocketOptions options = ClientOptions();
  options.rejoin_after = {};  // the table of phoenix.js
  const Socket socket(io().get_executor(), small.url(), options);
  std::set<std::string> refused;
  int joined = 0;
  for (int i = 0; i < 5; ++i) {
    const std::string topic = "room:" + std::to_string(i);
    socket.Channel(topic)
        .Join()
        .Receive("ok", [&](const Reply&) { ++joined; })
        .Receive("error", [&, topic](const Reply& reply) {
          refused.insert(topic);
          EXPECT_THAT(std::string(reply.response.text()), HasSubstr("too many channels"));
        });
  }
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return joined == 3 && refused.size() == 2; });
  Settle(socket.Channel("room:0"));
  EXPECT_LE(small.recorder().Count([](const auto& r) { return r.event == "phx_join"; }), 9U);
}

TEST_F(OutageTest, NewParamsGoWithTheNextJoin) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1", json{{"version", 1}});
  std::vector<json> params;
  room.OnJoin([&](const ChannelJoined& joined) {
    params.push_back(joined.reply.response.json().at("params").at("version"));
  });
  room.Join();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return params.size() == 1; });
  EXPECT_EQ(socket.Channel("room:1", json{{"version", 2}}), room);
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return params.size() == 2; });
  EXPECT_THAT(params, ElementsAre(json(1), json(2)));
}

TEST_F(OutageTest, AJoinFromBeforeTheConnectionIsSentOnce) {
  Start();
  const Socket socket = MakeSocket();
  const Channel early = socket.Channel("room:1");
  early.Join();
  RunReady();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return early.is_joined(); });
  Settle(early);
  EXPECT_EQ(server().recorder().Count([](const auto& r) { return r.event == "phx_join"; }), 1U);
  EXPECT_EQ(server().recorder().Count([](const auto& r) { return r.event == "phx_leave"; }), 0U);
}

// A reply may be there before the call that asked for it has returned.
TEST_F(OutageTest, EveryJoinHearsItsReplyHoweverFastItIs) {
  Start();
  constexpr int kJoins = 90;                             // the server takes 100
  const Socket socket(server().url(), ClientOptions());  // on a thread of its own
  ASSERT_TRUE(socket.AsyncConnect(boost::asio::use_future).get().ok());
  for (int i = 0; i < kJoins; ++i) {
    const Channel room = socket.Channel("room:" + std::to_string(i));
    const absl::StatusOr<Reply> reply = room.AsyncJoin(boost::asio::use_future).get();
    ASSERT_TRUE(reply.ok() && reply->ok()) << reply.status();
  }
  EXPECT_EQ(server().recorder().Count([](const auto& r) { return r.event == "phx_join"; }),
            static_cast<std::size_t>(kJoins));
}

// --- delivery

// Whoever is slow holds the network up; nothing is thrown away.
TEST_F(OutageTest, WhatPilesUpBehindASlowHandlerArrivesInOrder) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> heard;
  constexpr int kTicks = 20'000;
  room.On("tick", [&](const Message& message) {
    heard.push_back(message.payload.json().at("n").get<int>());
    if (heard.size() != 1) return;
    for (int n = 1; n < kTicks; ++n) {
      ASSERT_TRUE(server().Broadcast("room:1", "tick", mock::Json{{"n", n}}).ok());
    }
  });
  ASSERT_TRUE(server().Broadcast("room:1", "tick", mock::Json{{"n", 0}}).ok());
  RunUntil([&] { return heard.size() == kTicks; });
  for (int n = 0; n < kTicks; ++n) ASSERT_EQ(heard[static_cast<std::size_t>(n)], n);
}

// At most once, in order: a reconnect may lose messages, but never repeats or reorders any.
TEST_F(OutageTest, AReconnectLosesMessagesButRepeatsAndReordersNone) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<int> heard;
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  room.On("tick", [&](const Message& m) { heard.push_back(m.payload.json().at("n").get<int>()); });
  constexpr int kTicks = 10'000;
  for (int n = 0; n < kTicks; ++n) {
    ASSERT_TRUE(server().Broadcast("room:1", "tick", mock::Json{{"n", n}}).ok());
    if (n == kTicks / 2) server().DropConnection(mock::Drop::kRst);
    if (n % 500 == 0) RunReady();
  }
  RunUntil([&] { return joins == 1; });
  Settle(room);
  ASSERT_TRUE(server().Broadcast("room:1", "tick", mock::Json{{"n", kTicks}}).ok());
  RunUntil([&] { return !heard.empty() && heard.back() == kTicks; });
  EXPECT_TRUE(std::is_sorted(heard.begin(), heard.end()));
  EXPECT_EQ(std::set<int>(heard.begin(), heard.end()).size(), heard.size());
}

TEST_F(OutageTest, EveryEchoFindsItsPushHoweverFastItIs) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  constexpr int kPushes = 20'000;
  int replies = 0;
  for (int n = 0; n < kPushes; ++n) {
    room.Push("ack").Receive("ok", [&](const Reply&) { ++replies; });
    if (n % 100 == 0) RunReady();
  }
  RunUntil([&] { return replies == kPushes; });
}

TEST_F(OutageTest, PushesWithoutConnectionFillABufferAndNoMore) {
  Start();
  SocketOptions options = ClientOptions();
  options.max_push_buffer = 10;
  const Socket socket = MakeSocket(options);
  const Channel room = socket.Channel("room:1");
  room.Join();
  int full = 0;
  int sent = 0;
  for (int n = 0; n < 10'000; ++n) {
    room.AsyncPush("ack", json::object(), [&](const absl::StatusOr<Reply>& reply) {
      ++(reply.status().code() == StatusCode::kResourceExhausted ? full : sent);
    });
  }
  RunUntil([&] { return full == 9'990; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return sent == 10; });
}

TEST_F(OutageTest, TopicsAreCountedInBytesInBinaryFrames) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:é漢🙂");
  std::optional<std::string> echoed;
  room.Push("bin_echo", wire::Payload::Binary(std::string("\x00\xff", 2)))
      .Receive("ok", [&](const Reply& reply) { echoed = reply.response.bytes(); });
  RunUntil([&] { return echoed.has_value(); });
  EXPECT_EQ(*echoed, std::string("\x00\xff", 2));
  const std::string prefix = "room:";
  for (const std::size_t size : {std::size_t{255}, std::size_t{256}}) {
    const Channel wide = Joined(socket, prefix + std::string(size - prefix.size(), 'x'));
    std::optional<absl::Status> status;
    wide.AsyncPush("bin_echo", wire::Payload::Binary("x"),
                   [&](const absl::StatusOr<Reply>& reply) { status = reply.status(); });
    RunUntil([&] { return status.has_value(); });
    EXPECT_EQ(status->code(), size > 255 ? StatusCode::kInvalidArgument : StatusCode::kOk);
  }
}

}  // namespace
}  // namespace phx::test
