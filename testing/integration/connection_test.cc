// How a connection is made, what is told of it, and how it ends.
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "boost/asio/awaitable.hpp"
#include "boost/asio/post.hpp"
#include "boost/asio/this_coro.hpp"
#include "boost/asio/use_awaitable.hpp"
#include "client/channel.h"
#include "client/options.h"
#include "client/socket.h"
#include "client/transport/websocket_transport.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

namespace asio = boost::asio;
using absl::StatusCode;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ConnectionTest : public LoopbackTest {
 protected:
  void SetUp() override { Start(); }

  std::string TokenParamOfNextRequest() {
    const auto request = server().recorder().Await(mock::Received::Kind::kRequest, kPatience);
    EXPECT_TRUE(request.ok()) << request.status();
    return request.ok() ? request->data : "";
  }

  SocketStats StatsOf(const Socket& socket) {
    std::optional<SocketStats> stats;
    socket.AsyncStats([&](const SocketStats& counted) { stats = counted; });
    RunUntil([&] { return stats.has_value(); });
    return *stats;
  }
};

// --- compression

TEST_F(ConnectionTest, CompressesIfBothEndsWantTo) {
  for (const bool wanted : {true, false}) {
    SocketOptions options = ClientOptions();
    if (wanted) options.deflate.emplace();
    const Socket socket(io().get_executor(), server().url("/compress"), std::move(options));
    bool agreed = false;
    socket.OnOpen([&](const OpenInfo& info) {
      for (const auto& [name, value] : info.response.headers) {
        agreed = agreed || name == "sec-websocket-extensions";
      }
    });
    const Channel room = Joined(socket, "room:1");
    EXPECT_EQ(agreed, wanted);
    std::vector<std::string> echoed;
    for (const std::size_t size : {10U, 100'000U, 100'000U}) {
      room.Push("echo", json{{"text", std::string(size, 'x')}})
          .Receive("ok", [&](const Reply& reply) {
            echoed.push_back(reply.response.json().at("text").get<std::string>());
          });
    }
    RunUntil([&] { return echoed.size() == 3; });
    EXPECT_THAT(echoed, ElementsAre(std::string(10, 'x'), std::string(100'000, 'x'),
                                    std::string(100'000, 'x')));
  }
}

// --- params and token that take their time

TEST_F(ConnectionTest, AsksForItsTokenAndParamsBeforeEveryDial) {
  int asked = 0;
  SocketOptions options = ClientOptions();
  options.params = [&](const Answer<json>& answer) {
    asio::post(io(), [answer, n = ++asked] { answer(json{{"n", n}}); });
  };
  options.auth_token = []() -> asio::awaitable<absl::StatusOr<std::string>> {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return "from a coroutine";
  };
  const Socket socket = MakeSocket(options);
  int opened = 0;
  socket.OnOpen([&](const OpenInfo&) { ++opened; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return opened == 1; });
  EXPECT_THAT(TokenParamOfNextRequest(), HasSubstr("n=1&"));
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return opened == 2; });
  EXPECT_THAT(TokenParamOfNextRequest(), HasSubstr("n=2&"));
}

// After a device has slept, say: the token that it went to sleep with may have expired.
TEST_F(ConnectionTest, AsksForItsTokenAndParamsAlsoWhenToldToReconnect) {
  int asked = 0;
  SocketOptions options = ClientOptions();
  options.params = [&asked] { return json{{"n", ++asked}}; };
  options.auth_token = [&asked] { return std::string(static_cast<std::size_t>(asked), 't'); };
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  socket.Reconnect();
  RunUntil([&] { return joins == 1; });
  socket.ReplaceTransport({});
  RunUntil([&] { return joins == 2; });
  socket.Disconnect();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return joins == 3; });
  std::vector<std::string> numbers;
  std::vector<std::string> tokens;
  for (const mock::Received& received : server().recorder().All()) {
    if (received.kind != mock::Received::Kind::kRequest) continue;
    numbers.push_back(received.info.params.at("n"));
    tokens.emplace_back(received.info.Header("sec-websocket-protocol"));
  }
  EXPECT_THAT(numbers, ElementsAre("1", "2", "3", "4"));
  EXPECT_THAT(tokens, ElementsAre(HasSubstr(".phx.dA"), HasSubstr(".phx.dHQ"),
                                  HasSubstr(".phx.dHR0"), HasSubstr(".phx.dHR0dA")));
}

// URLs end up in the logs of proxies and servers.
TEST_F(ConnectionTest, TheTokenIsInNoUrlAndNoLog) {
  SocketOptions options = ClientOptions();
  options.auth_token = std::string("SECRET");
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  server().DropConnection(mock::Drop::kRst);
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  RunUntil([&] { return joins == 1; });
  const std::string encoded = "U0VDUkVU";  // what travels: base64
  int requests = 0;
  for (const mock::Received& received : server().recorder().All()) {
    if (received.kind != mock::Received::Kind::kRequest) continue;
    ++requests;
    EXPECT_THAT(received.data, Not(testing::AnyOf(HasSubstr("SECRET"), HasSubstr(encoded))));
    EXPECT_THAT(std::string(received.info.Header("sec-websocket-protocol")), HasSubstr(encoded));
  }
  EXPECT_EQ(requests, 2);
  EXPECT_THAT(Log(), Not(testing::AnyOf(HasSubstr("SECRET"), HasSubstr(encoded))));
}

TEST_F(ConnectionTest, FailsTheAttemptWhenThereIsNoTokenAndAsksAgain) {
  int asked = 0;
  SocketOptions options = ClientOptions();
  options.auth_token = [&](const Answer<std::string>& answer) {
    if (++asked < 3) return answer(absl::UnauthenticatedError("signed out"));
    answer(std::string("token"));
  };
  const Socket socket = MakeSocket(options);
  std::vector<absl::Status> errors;
  socket.OnError([&](const SocketError& error) {
    errors.push_back(error.status);
    EXPECT_TRUE(error.reconnect_in.has_value());
  });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return socket.is_connected(); });
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].code(), StatusCode::kUnauthenticated);
  EXPECT_THAT(std::string(errors[0].message()), HasSubstr("auth_token: signed out"));
  EXPECT_EQ(StatsOf(socket).failed_connects, 2U);
}

TEST_F(ConnectionTest, CountsTheTimeOfTheAskingToTheConnectTimeout) {
  std::vector<Answer<json>> asked;
  SocketOptions options = ClientOptions();
  options.connect_timeout = std::chrono::milliseconds(20);
  options.params = [&](const Answer<json>& answer) { asked.push_back(answer); };
  const Socket socket = MakeSocket(options);
  std::vector<absl::Status> errors;
  socket.OnError([&](const SocketError& error) { errors.push_back(error.status); });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return errors.size() == 2; });
  EXPECT_EQ(errors[0].code(), StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(errors[0].message()), HasSubstr("waiting for params and token"));
}

TEST_F(ConnectionTest, TakesNoAnswerThatIsTooLateAndNoSecondOne) {
  std::vector<Answer<json>> asked;
  SocketOptions options = ClientOptions();
  options.params = [&](const Answer<json>& answer) { asked.push_back(answer); };
  const Socket socket = MakeSocket(options);
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return asked.size() == 1; });
  socket.Disconnect();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return asked.size() == 2; });
  asked[0](json{{"n", "stale"}});
  RunReady();
  EXPECT_EQ(socket.connection_state(), ConnectionState::kConnecting);
  std::thread elsewhere([&] { asked[1](json{{"n", "fresh"}}); });
  elsewhere.join();
  asked[1](json{{"n", "twice"}});
  RunUntil([&] { return socket.is_connected(); });
  EXPECT_THAT(TokenParamOfNextRequest(), HasSubstr("n=fresh"));
  RunReady();
  EXPECT_EQ(server().connections().size(), 1U);
}

TEST_F(ConnectionTest, AnswersThatOutliveTheSocketAreHarmless) {
  std::vector<Answer<json>> asked;
  SocketOptions options = ClientOptions();
  options.params = [&](const Answer<json>& answer) { asked.push_back(answer); };
  {
    const Socket socket = MakeSocket(options);
    ASSERT_TRUE(socket.Connect().ok());
    RunUntil([&] { return asked.size() == 1; });
  }
  RunReady();
  asked[0](json{{"n", 1}});
  RunReady();
  EXPECT_TRUE(server().connections().empty());
}

TEST_F(ConnectionTest, JoinParamsMayTakeTheirTimeToo) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1", JoinParams([this](const Answer<json>& answer) {
                                        asio::post(io(), [answer] { answer(json{{"ticket", 7}}); });
                                      }));
  std::optional<json> response;
  room.Join().Receive("ok", [&](const Reply& reply) { response = reply.response.json(); });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return response.has_value(); });
  EXPECT_EQ(response->at("params"), json({{"ticket", 7}}));
}

// --- status

TEST_F(ConnectionTest, SaysWhereItStandsAndUntilWhen) {
  using Kind = SocketStatus::Kind;
  server().SetFaults({.refuse_upgrade = mock::HttpAnswer{.status = 503}});
  SocketOptions options = ClientOptions();
  options.reconnect_after = [](int) { return std::chrono::hours(1); };
  const Socket socket = MakeSocket(options);
  std::vector<Kind> heard;
  socket.OnStatus([&](const SocketStatus& status) {
    heard.push_back(status.kind);
    EXPECT_EQ(socket.status().kind, status.kind);
    EXPECT_EQ(socket.status().until.has_value(), status.until.has_value());
  });
  EXPECT_EQ(socket.status(), SocketStatus());
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return socket.status().kind == Kind::kWaitingToReconnect; });
  const Duration left = *socket.status().until - std::chrono::steady_clock::now();
  EXPECT_GT(left, std::chrono::minutes(59));
  EXPECT_LE(left, std::chrono::hours(1));
  server().SetFaults({});
  socket.Reconnect();
  RunUntil([&] { return socket.status().kind == Kind::kOpen; });
  socket.Disconnect();
  RunUntil([&] { return socket.status().kind == Kind::kDisconnected; });
  EXPECT_THAT(heard, ElementsAre(Kind::kConnecting, Kind::kWaitingToReconnect, Kind::kConnecting,
                                 Kind::kOpen, Kind::kClosing, Kind::kDisconnected));
}

TEST_F(ConnectionTest, SaysWhereAChannelStandsAndUntilWhen) {
  using Kind = ChannelStatus::Kind;
  SocketOptions options = ClientOptions();
  options.rejoin_after = [](int) { return std::chrono::hours(1); };
  const Socket socket = MakeSocket(options);
  const Channel room = socket.Channel("room:1");
  std::vector<Kind> heard;
  room.OnStatus([&](const ChannelStatus& status) {
    EXPECT_EQ(room.status().kind, status.kind);
    if (heard.empty() || heard.back() != status.kind) heard.push_back(status.kind);
  });
  room.Join();
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return room.is_joined(); });
  room.Push("crash");
  RunUntil([&] { return room.status().kind == Kind::kWaitingToRejoin; });
  EXPECT_GT(*room.status().until - std::chrono::steady_clock::now(), std::chrono::minutes(59));
  EXPECT_TRUE(room.is_errored());
  socket.Disconnect();
  RunUntil([&] { return room.status().kind == Kind::kWaitingForSocket; });
  room.Leave();
  RunUntil([&] { return room.is_closed(); });
  room.Remove();
  RunReady();
  EXPECT_TRUE(room.is_removed());
  EXPECT_THAT(heard, ElementsAre(Kind::kJoining, Kind::kJoined, Kind::kWaitingToRejoin,
                                 Kind::kWaitingForSocket, Kind::kClosed));
}

// --- casts

TEST_F(ConnectionTest, CastsReachTheServerInOrderWithPushes) {
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1");
  room.Cast("lost", json::object());  // before any join
  room.Join();
  ASSERT_TRUE(socket.Connect().ok());
  std::vector<std::string> heard;
  room.On("pushed", [&](const Message& m) { heard.emplace_back(m.payload.text()); });
  room.Cast("push_me", json{{"n", 1}});
  room.Push("push_me", json{{"n", 2}});
  room.Cast("push_me", wire::Payload::JsonText(R"({"n":3})"));
  RunUntil([&] { return heard.size() == 3; });
  EXPECT_THAT(heard, ElementsAre(R"({"n":1})", R"({"n":2})", R"({"n":3})"));
  EXPECT_EQ(StatsOf(socket).dropped_messages, 1U);
  EXPECT_THAT(Log(), HasSubstr("message dropped"));
  room.Remove();
  room.Cast("late", json::object());
  RunReady();
  EXPECT_EQ(StatsOf(socket).dropped_messages, 2U);
}

// --- other transports

TEST_F(ConnectionTest, ConnectsByAnotherTransportWhenToldSo) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  int made = 0;
  const TransportFactory websocket = MakeWebSocketTransport({});
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  socket.ReplaceTransport([&](const asio::any_io_executor& executor, TransportHandler& handler) {
    ++made;
    return websocket(executor, handler);
  });
  RunUntil([&] { return joins == 1; });
  EXPECT_EQ(made, 1);
  socket.ReplaceTransport({});
  RunUntil([&] { return joins == 2; });
  EXPECT_EQ(made, 1);
}

TEST_F(ConnectionTest, ReplacingTheTransportConnectsNobodyWhoDoesNotWishIt) {
  const Socket socket = MakeSocket();
  int made = 0;
  socket.ReplaceTransport(
      [&](const asio::any_io_executor&, TransportHandler&) -> std::shared_ptr<Transport> {
        ++made;
        return nullptr;
      });
  RunReady();
  EXPECT_EQ(made, 0);
  std::optional<absl::Status> error;
  socket.OnError([&](const SocketError& failed) { error = failed.status; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return error.has_value(); });
  EXPECT_EQ(error->code(), StatusCode::kInvalidArgument);
  EXPECT_GE(made, 1);
}

// --- the end

TEST_F(ConnectionTest, StaysClosedAfterA1000IfItIsToActLikePhoenixJs) {
  SocketOptions options = ClientOptions();
  options.should_reconnect = ReconnectLikePhoenixJs();
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  std::vector<std::pair<int, bool>> closes;  // the code, and whether it reconnects
  socket.OnClose([&](const SocketClosed& closed) {
    closes.emplace_back(closed.info.code, closed.reconnect_in.has_value());
  });
  server().Close({1011, "error"});
  RunUntil([&] { return closes.size() == 1; });
  RunUntil([&] { return room.is_joined(); });
  server().Close({1000, "bye"});
  RunUntil([&] { return closes.size() == 2; });
  EXPECT_THAT(closes, ElementsAre(std::pair(1011, true), std::pair(1000, false)));
  EXPECT_EQ(socket.status().kind, SocketStatus::Kind::kDisconnected);
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return room.is_joined(); });
}

TEST_F(ConnectionTest, WhatWasSentLeavesBeforeTheClose) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  constexpr int kMessages = 2000;
  for (int i = 0; i < kMessages; ++i) room.Cast("noreply", json{{"n", i}});
  socket.Disconnect();
  RunUntil([&] { return socket.connection_state() == ConnectionState::kClosed; });
  const auto closed = server().recorder().Await(mock::Received::Kind::kClose, kPatience);
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(server().recorder().Count([](const auto& r) { return r.event == "noreply"; }),
            kMessages);
}

// The peer has stopped reading: what was sent cannot leave, and nobody waits for that for ever.
TEST_F(ConnectionTest, WaitsForAPeerThatDoesNotReadNoLongerThanTheCloseTimeout) {
  SocketOptions options = ClientOptions();
  options.close_timeout = std::chrono::milliseconds(50);
  options.max_backlog = std::size_t{64} << 20U;
  const Socket socket = MakeSocket(options);
  const Channel room = Joined(socket, "room:1");
  server().SetFaults({.stop_reading = true});
  const json big = {{"text", std::string(1'000'000, 'x')}};
  for (int i = 0; i < 20; ++i) room.Cast("noreply", big);
  RunReady();
  std::optional<SocketClosed> closed;
  socket.OnClose([&](const SocketClosed& info) { closed = info; });
  socket.Disconnect();
  RunUntil([&] { return closed.has_value(); });
  EXPECT_EQ(closed->status.code(), StatusCode::kDeadlineExceeded) << closed->status;
}

TEST_F(ConnectionTest, CountsItsLife) {
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  room.Push("noreply");
  RunReady();
  EXPECT_EQ(StatsOf(socket).pushes_in_flight, 1U);
  int joins = 0;
  room.OnJoin([&](const ChannelJoined&) { ++joins; });
  server().DropConnection(mock::Drop::kFin);
  RunUntil([&] { return joins == 1; });
  const SocketStats stats = StatsOf(socket);
  EXPECT_EQ(stats.connects, 2U);
  EXPECT_EQ(stats.lost_connections, 1U);
  EXPECT_EQ(stats.reconnects, 1U);
  EXPECT_EQ(stats.pushes_in_flight, 0U);
}

}  // namespace
}  // namespace phx::test
