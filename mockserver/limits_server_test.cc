// Limits, on the wire: what a client meets that uses up more than it may.
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "client/wire/websocket_frame.h"
#include "gtest/gtest.h"
#include "mockserver/faults.h"
#include "mockserver/limits.h"
#include "mockserver/ready_set.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::mock {
namespace {

using test::RawClient;
using test::ServerEvent;

constexpr std::chrono::seconds kPatience{10};
const std::string kPoll =
    "GET /socket/longpoll?vsn=2.0.0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

ServerOptions Limited(const Limits& limits) {
  ServerOptions options;
  options.sockets = ReadySet();
  options.limits = limits;
  return options;
}

// The answer to `request`; its status is 0 if there is none.
ServerEvent Ask(RawClient& client, const std::string& request) {
  EXPECT_TRUE(client.Send(request).ok());
  return client.Await(kPatience).value_or(ServerEvent{});
}

// Reads until the connection ends; false if that takes too long.
bool AwaitEnd(RawClient& client) {
  for (;;) {
    const std::optional<ServerEvent> event = client.Await(kPatience);
    if (!event.has_value()) return false;
    if (event->kind == ServerEvent::Kind::kTcpClose) return true;
  }
}

TEST(LimitsServerTest, OneConnectionTooManyIsAnsweredWith503AndWhy) {
  Server server(Limited({.max_connections = 1}));
  const auto first = Joined(server);
  const auto second = Connected(server);
  const ServerEvent answer = Ask(*second, test::UpgradeRequest(kWebSocketTarget));
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.data, "The server has too many connections.");
  EXPECT_TRUE(AwaitEnd(*second));
  EXPECT_EQ(server.stats().connections, 1U);
  EXPECT_EQ(server.stats().refused_connections, 1U);
  first->Disconnect();
  ASSERT_TRUE(server.AwaitConnections(0, kPatience));
  Joined(server);
}

TEST(LimitsServerTest, ARefusedConnectionThatAsksForNothingIsClosed) {
  ServerOptions options = Limited({.max_connections = 0});
  options.close_timeout = std::chrono::milliseconds(30);
  Server server(std::move(options));
  EXPECT_TRUE(AwaitEnd(*Connected(server)));
}

TEST(LimitsServerTest, OneLongPollingSessionTooManyIsAnsweredWith503) {
  Server server(Limited({.max_longpoll_sessions = 1}));
  EXPECT_EQ(Ask(*Connected(server), kPoll).status, 200);
  EXPECT_EQ(Ask(*Connected(server), kPoll).status, 503);
  EXPECT_EQ(server.stats().longpoll_sessions, 1U);
  EXPECT_EQ(server.stats().refused_longpoll_sessions, 1U);
  server.ForgetSessions();
  ASSERT_TRUE(server.AwaitConnections(0, kPatience));
  EXPECT_EQ(Ask(*Connected(server), kPoll).status, 200);
}

TEST(LimitsServerTest, AConnectionForWhichTooMuchWaitsIsDropped) {
  Server server(Limited({.max_unsent_bytes = 1000}));
  const auto client = Joined(server);
  server.SetFaults({.stop_writing = true});
  ASSERT_TRUE(server.Broadcast("room:1", "news", Json{{"x", std::string(400, 'x')}}).ok());
  ASSERT_TRUE(server.Broadcast("room:1", "news", Json{{"x", std::string(400, 'x')}}).ok());
  EXPECT_EQ(server.connections().size(), 1U);
  ASSERT_TRUE(server.Broadcast("room:1", "news", Json{{"x", std::string(400, 'x')}}).ok());
  EXPECT_TRUE(AwaitEnd(*client));
  EXPECT_TRUE(client->was_reset());
  EXPECT_EQ(server.stats().slow_consumers, 1U);
}

TEST(LimitsServerTest, AClientThatDoesNotReadIsDroppedAndOthersAreServed) {
  Server server(Limited({.max_unsent_bytes = 1 << 20}));
  const auto slow = Joined(server);
  const auto reading = Joined(server);
  const Json payload = {{"x", std::string(1 << 18, 'x')}};
  int sent = 0;
  for (; server.stats().slow_consumers == 0 && sent != 1000; ++sent) {
    ASSERT_TRUE(server.Broadcast("room:1", "news", payload).ok());
    ASSERT_GT(reading->AwaitText().size(), std::size_t{1} << 18);
  }
  EXPECT_EQ(server.stats().slow_consumers, 1U) << "after " << sent << " messages";
  EXPECT_EQ(server.connections().size(), 1U);
}

TEST(LimitsServerTest, ASessionForWhichTooMuchWaitsEnds) {
  Server server(Limited({.max_unsent_bytes = 1000}));
  ASSERT_EQ(Ask(*Connected(server), kPoll).status, 200);
  const std::string text(400, 'x');
  server.SendFrame({wire::FrameType::kText, text});
  server.SendFrame({wire::FrameType::kText, text});
  EXPECT_EQ(server.connections().size(), 1U);
  server.SendFrame({wire::FrameType::kText, text});
  EXPECT_TRUE(server.AwaitConnections(0, kPatience));
  EXPECT_EQ(server.stats().slow_consumers, 1U);
}

TEST(LimitsServerTest, HeadersThatAreTooLargeAreAnsweredWith431) {
  Server server(Limited({.max_header_size = 200}));
  const auto client = Connected(server);
  const std::string request = "GET / HTTP/1.1\r\nX: " + std::string(300, 'x') + "\r\n\r\n";
  EXPECT_EQ(Ask(*client, request).status, 431);
  EXPECT_TRUE(AwaitEnd(*client));
}

// By each of the ways in which a payload is gone through: parsed, copied, written.
TEST(LimitsServerTest, ABottomlessPayloadBringsDownNobodyButItsSender) {
  ServerOptions options = Limited({});
  options.close_timeout = std::chrono::milliseconds(30);
  Server server(std::move(options));
  const std::string payload =
      R"({"a":)" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}";
  for (const char* event : {"echo", "intercept_me", "delay"}) {
    const auto client = Joined(server);
    ASSERT_TRUE(
        client->SendText(R"(["1","2","room:1",")" + std::string(event) + "\"," + payload + "]")
            .ok());
    EXPECT_TRUE(AwaitEnd(*client)) << event;
  }
  Joined(server);
}

// More than waits for a join: the rest is read when the join is answered.
TEST(LimitsServerTest, WhatComesBehindASlowJoinIsAllHandled) {
  Server server(Limited({}));
  const auto client = Connected(server);
  ASSERT_TRUE(client->Upgrade(kWebSocketTarget));
  ASSERT_TRUE(client->SendText(R"(["1","1","room:1","phx_join",{"delay":50}])").ok());
  const std::string payload = R"({"x":")" + std::string(100'000, 'x') + R"("})";
  for (int i = 0; i != 40; ++i) {
    ASSERT_TRUE(client->SendText(R"(["1","2","room:1","noreply",)" + payload + "]").ok());
  }
  ASSERT_TRUE(client->SendText(R"(["1","3","room:1","ack",{}])").ok());
  client->AwaitText();  // the join
  EXPECT_EQ(client->AwaitText(), R"(["1","3","room:1","phx_reply",{"response":{},"status":"ok"}])");
}

}  // namespace
}  // namespace phx::mock
