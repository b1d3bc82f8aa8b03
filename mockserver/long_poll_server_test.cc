// Long polling over real connections. What is said in each case is tested by the recordings
// (testing/goldens); here is what they do not have: threads, connections that carry several
// requests, and faults.
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/faults.h"
#include "mockserver/ready_set.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "nlohmann/json.hpp"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::mock {
namespace {

using std::chrono::seconds;
using test::RawClient;
using test::ServerEvent;

constexpr seconds kPatience{10};
constexpr char kTarget[] = "/socket/longpoll?vsn=2.0.0";
const std::string kEcho = R"(["1","2","room:1","echo",{"a":1}])";
const std::string kEchoed = R"(["1","2","room:1","phx_reply",{"response":{"a":1},"status":"ok"}])";

ServerOptions Ready() {
  ServerOptions options;
  options.sockets = ReadySet();
  return options;
}

// A client with a session, that sends all its requests over one connection.
class Poller {
 public:
  explicit Poller(const Server& server) : client_(Connected(server)) {
    token_ = Await(SendGet()).value("token", "");
    EXPECT_FALSE(token_.empty());
  }
  Poller(const Server& server, std::string token)
      : client_(Connected(server)), token_(std::move(token)) {}

  Poller& SendGet() { return SendRequest("GET", "", ""); }
  Poller& SendPost(const std::string& body) {
    return SendRequest("POST", "Content-Type: application/x-ndjson\r\n", body);
  }

  Json Get() { return Await(SendGet()); }
  Json Post(const std::string& body) { return Await(SendPost(body)); }

  // The HTTP answer that comes next.
  std::optional<ServerEvent> AwaitAnswer() { return client_->Await(kPatience); }
  // Its body.
  Json AwaitBody() {
    const std::optional<ServerEvent> answer = AwaitAnswer();
    constexpr bool kAllowExceptions = false;
    return answer.has_value() ? Json::parse(answer->data, nullptr, kAllowExceptions) : Json();
  }
  const std::string& token() const { return token_; }

 private:
  static Json Await(Poller& poller) { return poller.AwaitBody(); }

  Poller& SendRequest(const std::string& method, const std::string& headers,
                      const std::string& body) {
    std::string request = method + ' ' + kTarget + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (!token_.empty()) request += "X-Phoenix-LongPoll-Token: " + token_ + "\r\n";
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    EXPECT_TRUE(client_->Send(request).ok());
    return *this;
  }

  std::unique_ptr<RawClient> client_;
  std::string token_;
};

TEST(LongPollServerTest, ServesManyRequestsOverOneConnection) {
  Server server(Ready());
  Poller client(server);
  EXPECT_EQ(client.Post(kJoin + ("\n" + kEcho)), Json({{"status", 200}}));
  const Json polled = client.Get();
  EXPECT_EQ(polled["status"], 200);
  EXPECT_EQ(polled["token"], client.token());
  ASSERT_EQ(polled["messages"].size(), 2U);
  EXPECT_EQ(polled["messages"][1], kEchoed);
}

TEST(LongPollServerTest, AnswersPipelinedRequestsInTheirOrder) {
  Server server(Ready());
  Poller client(server);
  client.SendPost(kJoin).SendGet().SendPost(kEcho).SendGet();
  EXPECT_EQ(client.AwaitBody(), Json({{"status", 200}}));
  EXPECT_EQ(client.AwaitBody()["messages"].size(), 1U);
  EXPECT_EQ(client.AwaitBody(), Json({{"status", 200}}));
  EXPECT_EQ(client.AwaitBody()["messages"], Json::array({kEchoed}));
}

TEST(LongPollServerTest, ASessionIsReachedFromConnectionsOnAllThreads) {
  ServerOptions options = Ready();
  options.threads = 3;
  Server server(std::move(options));
  Poller first(server);
  Poller second(server, first.token());
  Poller third(server, first.token());
  EXPECT_EQ(second.Post(kJoin), Json({{"status", 200}}));
  EXPECT_EQ(third.Get()["messages"].size(), 1U);
  third.SendGet();
  EXPECT_EQ(second.Post(kEcho), Json({{"status", 200}}));
  EXPECT_EQ(third.AwaitBody()["messages"], Json::array({kEchoed}));
}

TEST(LongPollServerTest, BroadcastsReachAPollThatWaits) {
  ServerOptions options = Ready();
  options.threads = 2;
  Server server(std::move(options));
  Poller client(server);
  client.Post(kJoin);
  client.Get();
  client.SendGet();
  ASSERT_TRUE(server.Broadcast("room:1", "news", Json({{"n", 1}})).ok());
  EXPECT_EQ(client.AwaitBody()["messages"],
            Json::array({R"([null,null,"room:1","news",{"n":1}])"}));
}

TEST(LongPollServerTest, ASessionIsAConnectionToTestsAndTheRecorder) {
  Server server(Ready());
  Poller client(server);
  ASSERT_TRUE(server.AwaitConnections(1, kPatience));
  const ConnectionId session = server.connections().front();
  client.Post(kJoin);
  const absl::StatusOr<Received> join = server.recorder().AwaitJoin("room:1", kPatience);
  ASSERT_TRUE(join.ok()) << join.status();
  EXPECT_EQ(join->connection, session);
  client.Get();
  server.SendFrame({wire::FrameType::kText, "anything"}, session);
  EXPECT_EQ(client.Get()["messages"], Json::array({"anything"}));
  server.Close({}, session);
  EXPECT_TRUE(server.AwaitConnections(0, kPatience));
}

TEST(LongPollServerTest, ForgottenSessionsAreGoneAtOnce) {
  Server server(Ready());
  Poller client(server);
  client.Post(kJoin);
  client.Get();
  client.SendGet();
  Poller poster(server, client.token());
  EXPECT_EQ(poster.Post(R"(["1","2","room:1","noreply",{}])"), Json({{"status", 200}}));
  server.ForgetSessions();
  const Json polled = client.AwaitBody();
  EXPECT_EQ(polled["status"], 410);
  EXPECT_NE(polled["token"], client.token());
  EXPECT_EQ(poster.Post(kEcho), Json({{"status", 410}}));
  EXPECT_TRUE(server.AwaitConnections(1, kPatience));
}

TEST(LongPollServerTest, AHeldPostIsHandledAndAnsweredWhenItIsReleased) {
  std::atomic<int> answered = 0;
  ServerOptions options = Ready();
  options.log = [&](std::string_view line) {
    if (line.find(R"(HTTP 200 {"status":200})") != std::string_view::npos) ++answered;
  };
  Server server(std::move(options));
  Poller client(server);
  server.SetFaults({.hold_posts = true});
  client.SendPost(kJoin);
  ASSERT_TRUE(server.recorder().AwaitJoin("room:1", kPatience).ok());
  Poller poller(server, client.token());
  EXPECT_EQ(poller.Get()["messages"].size(), 1U);
  EXPECT_EQ(answered, 0);
  server.SetFaults({});
  EXPECT_EQ(client.AwaitBody(), Json({{"status", 200}}));
  EXPECT_EQ(answered, 1);
}

TEST(LongPollServerTest, PollsAndPostsAreAnsweredWithAnyStatus) {
  Server server(Ready());
  Poller client(server);
  Faults faults;
  faults.answer_polls = HttpAnswer{.status = 502, .body = "bad gateway"};
  faults.answer_posts = HttpAnswer{.status = 200, .body = R"({"status":413})"};
  server.SetFaults(faults);
  EXPECT_EQ(client.SendGet().AwaitAnswer()->status, 502);
  EXPECT_EQ(client.Post(kJoin), Json({{"status", 413}}));
  EXPECT_EQ(Poller(server).token().substr(0, 8), "SFMyNTY.");  // which names no session yet
  server.SetFaults({});
  EXPECT_EQ(client.Post(kJoin), Json({{"status", 200}}));
}

TEST(LongPollServerTest, FaultsOfFramesActOnSessions) {
  Server server(Ready());
  Poller client(server);
  client.Post(kJoin);
  client.Get();
  Faults faults;
  faults.frames = {{.kind = FrameFault::Kind::kDrop, .event = "phx_reply", .count = 1}};
  server.SetFaults(faults, server.connections().front());
  client.Post(kEcho + "\n" + kEcho + "\n" + kEcho);
  EXPECT_EQ(client.Get()["messages"], Json::array({kEchoed, kEchoed}));
}

TEST(LongPollServerTest, SessionsEndWhenTheEndpointStops) {
  Server server(Ready());
  Poller client(server);
  client.SendGet();
  ASSERT_TRUE(server.AwaitConnections(1, kPatience));
  server.StopEndpoint();
  EXPECT_EQ(client.AwaitAnswer()->kind, ServerEvent::Kind::kTcpClose);
  EXPECT_TRUE(server.AwaitConnections(0, kPatience));
  ASSERT_TRUE(server.StartEndpoint().ok());
  server.ForgetSessions();  // so that the old token is refused at once
  EXPECT_EQ(Poller(server, client.token()).Get()["status"], 410);
}

TEST(LongPollServerTest, StopsWhilePollsWait) {
  auto server = std::make_unique<Server>(Ready());
  Poller client(*server);
  client.SendGet();
  ASSERT_TRUE(server->AwaitConnections(1, kPatience));
  server.reset();
  EXPECT_EQ(client.AwaitAnswer()->kind, ServerEvent::Kind::kTcpClose);
}

TEST(LongPollServerTest, TransportsAreServedWhereTheyAreConfigured) {
  UserSocket socket;
  socket.websocket_path = "/ws";
  socket.longpoll = LongPollOptions{.path = "/poll"};
  ServerOptions options;
  options.sockets = {socket};
  Server server(std::move(options));
  ASSERT_TRUE(server.status().ok()) << server.status();
  const auto client = Connected(server);
  const auto get = [&](const std::string& target) {
    EXPECT_TRUE(client->Send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n").ok());
    return client->Await(kPatience)->status;
  };
  EXPECT_EQ(get("/socket/poll?vsn=2.0.0"), 200);
  EXPECT_EQ(get("/socket/longpoll?vsn=2.0.0"), 404);
  EXPECT_EQ(get("/socket/websocket?vsn=2.0.0"), 404);
  EXPECT_TRUE(client->Upgrade("/socket/ws?vsn=2.0.0"));
}

}  // namespace
}  // namespace phx::mock
