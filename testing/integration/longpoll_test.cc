// A whole socket over long polling, and the way there from a WebSocket that does not get through.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/channel.h"
#include "client/socket.h"
#include "client/transport/longpoll_transport.h"
#include "client/wire/payload.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/flavor.h"
#include "mockserver/http_message.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class LongPollTest : public LoopbackTest, public testing::WithParamInterface<Flavour> {
 protected:
  void SetUp() override { Start(GetParam()); }

  Socket MakePollingSocket() {
    SocketOptions options = ClientOptions();
    options.transport = MakeLongPollTransport({.tls = options.tls});
    return MakeSocket(std::move(options));
  }
};

INSTANTIATE_TEST_SUITE_P(Connections, LongPollTest,
                         testing::Values(Flavour{.tls = false, .v1 = false},
                                         Flavour{.tls = false, .v1 = true},
                                         Flavour{.tls = true, .v1 = false}),
                         NameOf);

TEST_P(LongPollTest, OpensByHttp) {
  const Socket socket = MakePollingSocket();
  std::string transport;
  socket.OnOpen([&](const OpenInfo& info) {
    transport = info.transport;
    EXPECT_EQ(info.response.status, 200);
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return !transport.empty(); });
  EXPECT_EQ(transport, "longpoll");
  EXPECT_TRUE(socket.is_connected());
}

TEST_P(LongPollTest, LeavesABusyServerAloneForAsLongAsItAsks) {
  const mock::HttpAnswer busy{429, {{"retry-after", "7"}}, "slow down"};
  server().SetFaults({.refuse_upgrade = busy});
  const Socket socket = MakePollingSocket();
  std::optional<Duration> wait;
  socket.OnError([&](const SocketError& error) { wait = error.reconnect_in; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return wait.has_value(); });
  EXPECT_GE(*wait, std::chrono::seconds(7));
  // The same of a session that is open.
  server().SetFaults({});
  socket.Reconnect();
  RunUntil([&] { return socket.is_connected(); });
  wait.reset();
  socket.OnClose([&](const SocketClosed& closed) { wait = closed.reconnect_in; });
  const Channel room = socket.Channel("room:1");
  room.Join();
  RunUntil([&] { return room.is_joined(); });
  server().SetFaults({.answer_polls = busy});
  ASSERT_TRUE(server().Broadcast("room:1", "news", json::object()).ok());
  RunUntil([&] { return wait.has_value(); });
  EXPECT_GE(*wait, std::chrono::seconds(7));
}

TEST_P(LongPollTest, GivesEachPushItsOwnReplyInOrder) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  constexpr int kPushes = 250;  // three POSTs
  std::vector<int> replies;
  for (int i = 0; i < kPushes; ++i) {
    room.Push("echo", {{"n", i}}).Receive("ok", [&](const Reply& reply) {
      replies.push_back(reply.response.json()["n"]);
    });
  }
  RunUntil([&] { return replies.size() == kPushes; });
  for (int i = 0; i < kPushes; ++i) EXPECT_EQ(replies[i], i);
}

// What one channel is refused is nothing to the session of all.
TEST_P(LongPollTest, ARefusedJoinIsToldAndTheSessionGoesOn) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  int closes = 0;
  socket.OnClose([&](const SocketClosed&) { ++closes; });
  int refusals = 0;
  const Channel refused = socket.Channel("room:private");
  refused.Join().Receive("error", [&](const Reply& reply) {
    EXPECT_EQ(reply.response.json().at("reason"), "unauthorized");
    ++refusals;
  });
  RunUntil([&] { return refusals == 1; });
  bool is_answered = false;
  room.Push("echo", {{"n", 1}}).Receive("ok", [&](const Reply&) { is_answered = true; });
  RunUntil([&] { return is_answered; });
  EXPECT_EQ(closes, 0);
}

TEST_P(LongPollTest, HearsBroadcasts) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<json> heard;
  room.On("news", [&](const Message& message) { heard.push_back(message.payload.json()); });
  ASSERT_TRUE(server().Broadcast("room:1", "news", {{"n", 1}}).ok());
  ASSERT_TRUE(server().Broadcast("room:1", "news", {{"n", 2}}).ok());
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_EQ(heard.front(), json({{"n", 1}}));
}

// The text is sent as it is: pretty-printed, it would fall apart as a line of a batch.
TEST_P(LongPollTest, SendsAPayloadWithRawNewlines) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  json response;
  room.Push("echo", Payload::JsonText("{\n  \"a\": 1,\r\n  \"b\": \"x\\ny\"\n}"))
      .Receive("ok", [&](const Reply& reply) { response = reply.response.json(); });
  RunUntil([&] { return !response.is_null(); });
  EXPECT_EQ(response, json({{"a", 1}, {"b", "x\ny"}}));
}

TEST_P(LongPollTest, RejoinsWhenTheServerHasForgottenTheSession) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  int code = 0;
  socket.OnClose([&](const SocketClosed& closed) { code = closed.info.code; });
  server().ForgetSessions();
  RunUntil([&] { return code != 0; });
  EXPECT_EQ(code, 3410);
  RunUntil([&] { return room.is_joined(); });
}

TEST_P(LongPollTest, ReconnectsWhenAPollIsAnsweredWithAnError) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  int code = 0;
  socket.OnClose([&](const SocketClosed& closed) { code = closed.info.code; });
  server().SetFaults({.answer_polls = mock::HttpAnswer{.status = 500}});
  ASSERT_TRUE(server().Broadcast("room:1", "news", json::object()).ok());
  RunUntil([&] { return code != 0; });
  EXPECT_EQ(code, 1011);
  server().SetFaults({});
  RunUntil([&] { return room.is_joined(); });
}

// What was pushed before goes out first.
TEST_P(LongPollTest, DisconnectsAfterWhatWasPushed) {
  const Socket witness = MakeSocket();
  const Channel listening = Joined(witness, "room:1");
  bool has_heard = false;
  listening.On("shouted", [&](const Message&) { has_heard = true; });
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  room.Push("shout", {{"last", "words"}});
  socket.Disconnect();
  RunUntil([&] { return has_heard; });
  RunUntil([&] { return socket.connection_state() == ConnectionState::kClosed; });
}

TEST_P(LongPollTest, TellsNoTokenInItsLog) {
  const Socket socket = MakePollingSocket();
  const Channel room = Joined(socket, "room:1");
  server().ForgetSessions();
  RunUntil([&] { return Log().find("410") != std::string::npos; });
  EXPECT_THAT(Log(), Not(HasSubstr("SFMyNTY")));  // how Phoenix's tokens begin
}

class SingleLongPollTest : public LoopbackTest {};

TEST_F(SingleLongPollTest, SendsBinaryPayloads) {
  Start();
  SocketOptions options = ClientOptions();
  options.transport = MakeLongPollTransport();
  const Socket socket = MakeSocket(std::move(options));
  const Channel room = Joined(socket, "room:1");
  json response;
  room.Push("bin_len", Payload::Binary(std::string("\x00\xff\n[", 4)))
      .Receive("ok", [&](const Reply& reply) { response = reply.response.json(); });
  RunUntil([&] { return !response.is_null(); });
  EXPECT_EQ(response, json({{"size", 4}}));
}

// It looks for the token in the URL only.
TEST_F(SingleLongPollTest, SpeaksWithAServerOf17) {
  mock::ServerOptions old;
  old.flavor.phoenix = mock::PhoenixRelease::k17;
  Start({}, std::move(old));
  SocketOptions options = ClientOptions();
  options.transport = MakeLongPollTransport();
  const Socket socket = MakeSocket(std::move(options));
  const Channel room = Joined(socket, "room:1");
  bool is_answered = false;
  room.Push("echo", {{"n", 1}}).Receive("ok", [&](const Reply&) { is_answered = true; });
  RunUntil([&] { return is_answered; });
}

class FallbackTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }

  // A socket with a fallback, and how its connections were made.
  Socket MakeFallingBackSocket(FallbackOptions fallback = {}) {
    SocketOptions options = ClientOptions();
    options.fallback = std::move(fallback);
    Socket socket = MakeSocket(std::move(options));
    socket.OnOpen([this](const OpenInfo& info) { transports_.push_back(info.transport); });
    return socket;
  }

  std::vector<std::string> transports_;
};

TEST_F(FallbackTest, AWebSocketThatGetsThroughIsUsed) {
  const Socket socket = MakeFallingBackSocket();
  const Channel room = Joined(socket, "room:1");
  EXPECT_EQ(transports_, std::vector<std::string>{"websocket"});
}

TEST_F(FallbackTest, ARefusedUpgradeLeadsToLongPolling) {
  server().QueueFaults({.refuse_upgrade = mock::HttpAnswer{.status = 502}});
  const Socket socket = MakeFallingBackSocket();
  const Channel room = Joined(socket, "room:1");
  EXPECT_EQ(transports_, std::vector<std::string>{"longpoll"});
}

// A proxy that lets the upgrade through and cuts what follows.
TEST_F(FallbackTest, AWebSocketThatDiesAtOnceLeadsToLongPolling) {
  server().QueueFaults({.drop_after_upgrade = mock::Drop::kFin});
  const Socket socket = MakeFallingBackSocket();
  const Channel room = Joined(socket, "room:1");
  EXPECT_EQ(transports_.back(), "longpoll");
}

TEST_F(FallbackTest, ASilentWebSocketLeadsToLongPolling) {
  server().QueueFaults({.ignore_heartbeats = true, .ignore_joins = true});
  const Socket socket = MakeFallingBackSocket({.health_timeout = std::chrono::milliseconds(20)});
  const Channel room = Joined(socket, "room:1");
  EXPECT_EQ(transports_.back(), "longpoll");
}

TEST_F(FallbackTest, AHealthyWebSocketIsReplacedByAnother) {
  const Socket socket = MakeFallingBackSocket();
  const Channel room = Joined(socket, "room:1");
  server().QueueFaults({.refuse_upgrade = mock::HttpAnswer{.status = 503}});
  server().DropConnection(mock::Drop::kRst);
  RunUntil([&] { return transports_.size() == 2; });
  RunUntil([&] { return room.is_joined(); });
  EXPECT_EQ(transports_.back(), "websocket");
}

TEST_F(FallbackTest, TheWayBackIsTakenWhenTheMemoryEnds) {
  server().QueueFaults({.refuse_upgrade = mock::HttpAnswer{.status = 502}});
  const Socket socket = MakeFallingBackSocket({.memory = std::chrono::milliseconds(20)});
  const Channel room = Joined(socket, "room:1");
  RunUntil([&] { return transports_.size() == 2; });
  EXPECT_EQ(transports_.front(), "longpoll");
  EXPECT_EQ(transports_.back(), "websocket");
  RunUntil([&] { return room.is_joined(); });
}

}  // namespace
}  // namespace phx::test
