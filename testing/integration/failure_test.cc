// What goes wrong on the way, and how it is told.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "boost/asio/ip/tcp.hpp"
#include "client/channel.h"
#include "client/socket.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "testing/integration/fixture.h"

namespace phx::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class FailureTest : public LoopbackTest {
 protected:
  // The first error that the socket reports.
  SocketError FirstError(const Socket& socket) {
    std::optional<SocketError> first;
    const Ref ref = socket.OnError([&](const SocketError& error) {
      if (!first.has_value()) first = error;
    });
    EXPECT_TRUE(socket.Connect().ok());
    RunUntil([&] { return first.has_value(); });
    socket.Off(ref);
    return *first;
  }
};

TEST_F(FailureTest, AnInvalidUrlIsToldByConnect) {
  Start();
  const Socket socket(io().get_executor(), "localhost:4000/socket", ClientOptions());
  const absl::Status status = socket.Connect();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("scheme"));
}

TEST_F(FailureTest, AnInvalidTopicIsToldByJoin) {
  Start();
  const Socket socket = MakeSocket();
  for (const std::string topic : {"", "phoenix", "room:\xff"}) {
    std::optional<absl::Status> status;
    socket.Channel(topic).AsyncJoin(
        [&](const absl::StatusOr<Reply>& reply) { status = reply.status(); });
    RunUntil([&] { return status.has_value(); });
    EXPECT_EQ(status->code(), absl::StatusCode::kInvalidArgument) << topic;
  }
}

TEST_F(FailureTest, NobodyListening) {
  Start();
  boost::asio::ip::tcp::acceptor taken(
      io(), boost::asio::ip::tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  const std::string url =
      "ws://127.0.0.1:" + std::to_string(taken.local_endpoint().port()) + "/socket";
  taken.close();
  const Socket socket(io().get_executor(), url, ClientOptions());
  const SocketError error = FirstError(socket);
  EXPECT_EQ(error.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.status.message()), HasSubstr("refused"));
  EXPECT_EQ(error.stage, ConnectStage::kConnecting);
  EXPECT_TRUE(error.reconnect_in.has_value());
}

TEST_F(FailureTest, TheHttpStatusOfARefusalIsShown) {
  Start();
  const struct {
    int status;
    absl::StatusCode code;
  } cases[] = {{401, absl::StatusCode::kUnauthenticated},
               {403, absl::StatusCode::kPermissionDenied},
               {404, absl::StatusCode::kUnavailable},
               {429, absl::StatusCode::kUnavailable},
               {503, absl::StatusCode::kUnavailable}};
  for (const auto& example : cases) {
    server().SetFaults(
        {.refuse_upgrade = mock::HttpAnswer{
             .status = example.status, .headers = {{"retry-after", "7"}}, .body = "no"}});
    const Socket socket = MakeSocket();
    const SocketError error = FirstError(socket);
    EXPECT_EQ(error.status.code(), example.code) << error.status;
    EXPECT_EQ(error.response.status, example.status);
    EXPECT_EQ(error.response.body, "no");
    EXPECT_THAT(std::string(error.status.message()), HasSubstr(std::to_string(example.status)));
  }
}

TEST_F(FailureTest, ASilentServerRunsIntoTheConnectTimeout) {
  Start();
  server().SetFaults({.ignore_request = true});
  SocketOptions options = ClientOptions();
  options.connect_timeout = std::chrono::milliseconds(50);
  const Socket socket = MakeSocket(options);
  const SocketError error = FirstError(socket);
  EXPECT_EQ(error.status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(error.status.message()), HasSubstr("upgrade"));
  EXPECT_EQ(error.stage, ConnectStage::kUpgrading);
}

TEST_F(FailureTest, AnUnknownCertificateIsRefused) {
  Start({.tls = true});
  SocketOptions options = ClientOptions();
  options.tls.ca_pem.clear();  // the system's authorities do not know the test's
  const Socket socket = MakeSocket(options);
  const SocketError error = FirstError(socket);
  EXPECT_EQ(error.status.code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(error.status.message()), HasSubstr("certificate"));
  EXPECT_EQ(error.stage, ConnectStage::kSecuring);
}

TEST_F(FailureTest, AnUnknownCertificateIsTakenWhereVerificationIsOff) {
  Start({.tls = true});
  SocketOptions options = ClientOptions();
  options.tls = {.verify_peer = false};
  const Socket socket = MakeSocket(options);
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return socket.is_connected(); });
}

TEST_F(FailureTest, ParamsThatCannotBeSentFailTheAttempt) {
  Start();
  SocketOptions options = ClientOptions();
  options.params = json::array({1, 2});
  const SocketError wrong = FirstError(MakeSocket(options));
  EXPECT_EQ(wrong.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(wrong.stage, std::nullopt);
  options.params = []() -> json { throw std::runtime_error("no params today"); };
  const SocketError thrown = FirstError(MakeSocket(options));
  EXPECT_EQ(thrown.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(thrown.status.message()), HasSubstr("no params today"));
}

TEST_F(FailureTest, SecretsReachNoLogAndNoMessage) {
  Start();
  server().SetFaults({.refuse_upgrade = mock::HttpAnswer{.status = 403}});
  SocketOptions options = ClientOptions();
  options.params = json{{"token", "SECRET"}};
  options.auth_token = std::string("SECRET");
  const Socket socket = MakeSocket(options);
  const SocketError error = FirstError(socket);
  EXPECT_THAT(std::string(error.status.message()), Not(HasSubstr("SECRET")));
  EXPECT_THAT(Log(), Not(HasSubstr("SECRET")));
  EXPECT_THAT(Log(), HasSubstr("403"));
}

TEST_F(FailureTest, UnansweredHeartbeatsGiveTheConnectionUpAndReplaceIt) {
  Start();
  server().SetFaults({.ignore_heartbeats = true, .ignore_close = true});
  SocketOptions options = ClientOptions();
  options.heartbeat_interval = std::chrono::milliseconds(20);
  options.heartbeat_timeout = std::chrono::milliseconds(20);
  const Socket socket = MakeSocket(options);
  int opened = 0;
  std::string reason;
  socket.OnOpen([&](const OpenInfo&) { ++opened; });
  socket.OnClose([&](const SocketClosed& closed) { reason = closed.info.reason; });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return opened == 2; });
  EXPECT_EQ(reason, "heartbeat timeout");
}

TEST_F(FailureTest, TheHealthOfHeartbeatsIsTold) {
  Start();
  SocketOptions options = ClientOptions();
  options.heartbeat_interval = std::chrono::milliseconds(10);
  options.heartbeat_timeout = std::chrono::milliseconds(500);
  const Socket socket = MakeSocket(options);
  std::vector<Heartbeat> heard;
  socket.OnHeartbeat([&](const Heartbeat& heartbeat) { heard.push_back(heartbeat); });
  ASSERT_TRUE(socket.Connect().ok());
  RunUntil([&] { return heard.size() == 2; });
  EXPECT_EQ(heard[0].event, Heartbeat::Event::kSent);
  EXPECT_EQ(heard[1].event, Heartbeat::Event::kOk);
  EXPECT_GT(heard[1].round_trip, Duration::zero());
  server().SetFaults({.ignore_heartbeats = true});
  RunUntil([&] { return heard.back().event == Heartbeat::Event::kTimeout; });
  EXPECT_EQ(heard[heard.size() - 2].event, Heartbeat::Event::kSent);
}

TEST_F(FailureTest, APushWithoutAnswerTimesOut) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  bool timed_out = false;
  room.Push("noreply", json::object(), std::chrono::milliseconds(20))
      .Receive("timeout", [&](const Reply&) { timed_out = true; });
  RunUntil([&] { return timed_out; });
}

TEST_F(FailureTest, APushThatCannotBeEncodedFailsAloneAndAtOnce) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = Joined(socket, "room:1");
  std::vector<absl::StatusCode> codes;
  const auto note = [&](const absl::StatusOr<Reply>& reply) {
    codes.push_back(reply.status().code());
  };
  room.AsyncPush("echo", json{{"text", "\xff"}}, note);
  room.AsyncPush(std::string(256, 'e'), wire::Payload::Binary("x"), note);
  room.AsyncPush("echo", json::object(), note);
  RunUntil([&] { return codes.size() == 3; });
  EXPECT_THAT(codes,
              testing::ElementsAre(absl::StatusCode::kInvalidArgument,
                                   absl::StatusCode::kInvalidArgument, absl::StatusCode::kOk));
}

TEST_F(FailureTest, APushBeforeAnyJoinFails) {
  Start();
  const Socket socket = MakeSocket();
  const Channel room = socket.Channel("room:1");
  std::optional<absl::Status> status;
  room.AsyncPush("echo", json::object(),
                 [&](const absl::StatusOr<Reply>& reply) { status = reply.status(); });
  RunUntil([&] { return status.has_value(); });
  EXPECT_EQ(status->code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(FailureTest, AMessageOverTheServersLimitClosesAndIsNotSentAgain) {
  mock::ServerOptions server_options;
  Start({}, std::move(server_options));
  Socket socket(io().get_executor(), server().url("/maxframe"), ClientOptions());
  const Channel room = Joined(socket, "room:1");
  std::optional<absl::Status> status;
  int closes = 0;
  socket.OnClose([&](const SocketClosed&) { ++closes; });
  room.AsyncPush("echo", json{{"text", std::string(200'000, 'x')}},
                 [&](const absl::StatusOr<Reply>& reply) { status = reply.status(); });
  RunUntil([&] { return status.has_value() && room.is_joined(); });
  EXPECT_EQ(status->code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(closes, 1);
}

TEST_F(FailureTest, AServerThatNeverAnswersTheCloseIsLeft) {
  Start();
  server().SetFaults({.ignore_close = true});
  SocketOptions options = ClientOptions();
  options.close_timeout = std::chrono::milliseconds(30);
  const Socket socket = MakeSocket(options);
  Joined(socket, "room:1");
  std::optional<SocketClosed> closed;
  socket.OnClose([&](const SocketClosed& info) { closed = info; });
  socket.Disconnect();
  RunUntil([&] { return closed.has_value(); });
  EXPECT_FALSE(closed->was_clean);
}

}  // namespace
}  // namespace phx::test
