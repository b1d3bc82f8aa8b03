// The requests that are for no socket: those of the recorded application, and a user's own; and
// what stopping and starting the endpoint does to clients.
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/ready_options.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::mock {
namespace {

using std::chrono::seconds;
using test::RawClient;
using test::ServerEvent;

constexpr seconds kPatience{10};
constexpr char kCacheControl[] = "max-age=0, private, must-revalidate";

ServerEvent Ask(RawClient& client, const std::string& method, const std::string& target,
                const std::string& headers = "", const std::string& body = "") {
  EXPECT_TRUE(client
                  .Send(method + ' ' + target + " HTTP/1.1\r\nHost: a\r\n" + headers +
                        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)
                  .ok());
  return client.Await(kPatience).value_or(ServerEvent{});
}

std::string HeaderOf(const ServerEvent& event, std::string_view name) {
  for (const auto& [header, value] : event.headers) {
    if (header == name) return value;
  }
  return "none";
}

Json Parsed(const ServerEvent& answer) {
  constexpr bool kAllowExceptions = false;
  return Json::parse(answer.data, nullptr, kAllowExceptions);
}

class AdminServerTest : public ::testing::Test {
 protected:
  ServerEvent Get(const std::string& target, const std::string& headers = "") {
    return Ask(*Connected(server_), "GET", target, headers);
  }

  Server server_{ReadyOptions()};
};

TEST_F(AdminServerTest, BroadcastsToTheMembersOfATopic) {
  const auto client = Joined(server_);
  const ServerEvent answer = Get("/admin/broadcast?topic=room:1&event=news");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.data, "ok");
  EXPECT_EQ(HeaderOf(answer, "cache-control"), kCacheControl);
  EXPECT_EQ(HeaderOf(answer, "content-type"), "none");
  EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","news",{"from":"admin"}])");
}

TEST_F(AdminServerTest, DisconnectsTheSocketsOfAnId) {
  const auto user = Joined(server_, "&id=u1");
  const auto other = Joined(server_, "&id=u2");
  EXPECT_EQ(Get("/admin/disconnect?id=users_socket:u1").data, "ok");
  EXPECT_EQ(user->Await(kPatience)->close_code, 1001);
  EXPECT_EQ(other->Poll(), std::nullopt);
}

TEST_F(AdminServerTest, StopsTheEndpointAndNotTheProgram) {
  const auto joined = Joined(server_);
  const auto idle = Connected(server_);
  ASSERT_TRUE(idle->Upgrade(kWebSocketTarget));
  const auto administrator = Connected(server_);
  EXPECT_EQ(Ask(*administrator, "GET", "/admin/stop_endpoint").data, "ok");
  EXPECT_EQ(joined->Await(kPatience)->close_code, 1012);
  EXPECT_EQ(idle->Await(kPatience)->close_code, 1000);
  EXPECT_EQ(administrator->Await(kPatience)->kind, ServerEvent::Kind::kTcpClose);
  EXPECT_FALSE(RawClient::Connect(server_.port()).ok());
  joined->Disconnect();
  idle->Disconnect();
  EXPECT_TRUE(server_.AwaitConnections(0, kPatience));
}

TEST_F(AdminServerTest, NamesTheVersionsThatItTalksLike) {
  const Json versions = Parsed(Get("/admin/versions"));
  EXPECT_EQ(versions["phoenix"], "1.8.12");
  EXPECT_EQ(versions["bandit"], "1.12.5");
  EXPECT_EQ(versions.size(), 16U);
  ServerOptions options = ReadyOptions();
  options.flavor.phoenix = PhoenixRelease::k17;
  Server old(std::move(options));
  const Json of_old = Parsed(Ask(*Connected(old), "GET", "/admin/versions"));
  EXPECT_EQ(of_old["phoenix"], "1.7.24");
  EXPECT_EQ(of_old["jason"], versions["jason"]);
  EXPECT_EQ(of_old.size(), 16U);
}

TEST_F(AdminServerTest, TellsItsMemoryAndProcesses) {
  EXPECT_EQ(Parsed(Get("/admin/mem"))["nprocs"], 0);
  const auto client = Joined(server_);
  const Json memory = Parsed(Get("/admin/mem"));
  EXPECT_EQ(memory["nprocs"], 2);  // a socket and a channel
  EXPECT_TRUE(memory["rss"].get<std::string>().starts_with("VmRSS:"));
  EXPECT_GT(memory["total"], 1'000'000);
  EXPECT_EQ(memory["ets"], 0);
  EXPECT_EQ(Get("/admin/gc").data, "ok");
}

TEST_F(AdminServerTest, AnswersWhatItDoesNotKnowAsTheApplicationDid) {
  EXPECT_EQ(Get("/admin").status, 404);
  EXPECT_EQ(Get("/admin/nothing").status, 404);
  EXPECT_EQ(Get("/admin/gc/more").status, 404);
  EXPECT_EQ(Ask(*Connected(server_), "POST", "/admin/gc").status, 404);
  EXPECT_EQ(Get("/admin//gc/").data, "ok");  // empty segments do not count
  const ServerEvent head = Ask(*Connected(server_), "HEAD", "/admin/gc");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.data, "");
  // A parameter that is not there, or no string, crashes the application.
  EXPECT_EQ(Get("/admin/disconnect").status, 500);
  EXPECT_EQ(Get("/admin/broadcast?topic=room:1").status, 500);
  EXPECT_EQ(Get("/admin/broadcast?topic[]=room:1&event=e").status, 500);
  EXPECT_EQ(Get("/admin/gc?%").status, 400);
}

TEST_F(AdminServerTest, RendersErrorsInTheFormatThatIsAskedFor) {
  const ServerEvent html = Get("/nowhere");
  EXPECT_EQ(html.data, "Not Found");
  EXPECT_EQ(HeaderOf(html, "content-type"), "text/html; charset=utf-8");
  const ServerEvent json = Get("/nowhere", "Accept: application/json\r\n");
  EXPECT_EQ(json.status, 404);
  EXPECT_EQ(json.data, R"({"errors":{"detail":"Not Found"}})");
  EXPECT_EQ(HeaderOf(json, "content-type"), "application/json; charset=utf-8");
  for (const char* accept : {"*/*", "application/json, */*", "text/html, application/json",
                             "application/json;q=0.5, text/*;q=0.6", "image/png"}) {
    EXPECT_EQ(Get("/nowhere", std::string("Accept: ") + accept + "\r\n").data, "Not Found")
        << accept;
  }
  for (const char* accept : {"application/json, text/html", "text/html;q=0.1,application/*",
                             "image/png, application/json ; q=0.2"}) {
    EXPECT_EQ(Get("/nowhere", std::string("Accept: ") + accept + "\r\n").data, json.data) << accept;
  }
  EXPECT_EQ(Get("/admin/disconnect", "Accept: application/json\r\n").data,
            R"({"errors":{"detail":"Internal Server Error"}})");
}

// What a user of the library answers.

TEST(RequestHandlerTest, AnswersWhatIsForNoSocket) {
  ServerOptions options;
  options.on_request = [](Server& server, const HttpRequest& request,
                          const ConnectInfo& info) -> std::optional<HttpAnswer> {
    if (info.path == "/crash") throw std::runtime_error("boom");
    if (request.method != "POST" || info.path != "/login") return std::nullopt;
    return HttpAnswer{
        .status = 201,
        .headers = {{"cache-control", "no-store"}},
        .body = request.body + " as " + info.params.value("as", "") + " of " + server.url()};
  };
  Server server(std::move(options));
  const auto client = Connected(server);
  const ServerEvent answer = Ask(*client, "POST", "/login?as=ann", "", "let me in");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.data, "let me in as ann of " + server.url());
  EXPECT_EQ(HeaderOf(answer, "cache-control"), "no-store");
  EXPECT_EQ(Ask(*client, "GET", "/login").status, 404);
  EXPECT_EQ(Ask(*client, "GET", "/crash").status, 500);
  EXPECT_TRUE(client->Upgrade(kWebSocketTarget));  // the sockets are served before it
}

// Restarts.

TEST(EndpointRestartTest, ListensAnewOnThePortAndKnowsNobody) {
  Server server(ReadyOptions());
  const auto port = server.port();
  const auto before = Joined(server);
  server.StopEndpoint();
  EXPECT_EQ(before->Await(kPatience)->close_code, 1012);
  before->Disconnect();
  ASSERT_TRUE(server.AwaitConnections(0, kPatience));
  EXPECT_FALSE(RawClient::Connect(port).ok());
  EXPECT_EQ(server.stats().channels, 0U);
  ASSERT_TRUE(server.StartEndpoint().ok());
  EXPECT_EQ(server.port(), port);
  Joined(server);
  EXPECT_TRUE(server.StartEndpoint().ok());  // it listens
}

TEST(EndpointRestartTest, SaysThatThePortIsTaken) {
  Server server(ReadyOptions());
  server.StopEndpoint();
  while (RawClient::Connect(server.port()).ok()) {
  }
  ServerOptions options;
  options.port = server.port();
  auto other = std::make_unique<Server>(std::move(options));
  ASSERT_TRUE(other->status().ok()) << other->status();
  EXPECT_EQ(server.StartEndpoint().code(), absl::StatusCode::kUnavailable);
  other.reset();
  EXPECT_TRUE(server.StartEndpoint().ok());
}

TEST(EndpointRestartTest, AStartCallsOffAStopThatWaits) {
  Server server(ReadyOptions());
  const auto client = Joined(server);
  server.StopEndpoint(std::chrono::hours(1));
  EXPECT_TRUE(server.StartEndpoint().ok());
  EXPECT_EQ(client->Poll(), std::nullopt);
  server.StopEndpoint(std::chrono::hours(1));
  server.Stop();  // does not wait for it
  EXPECT_EQ(server.StartEndpoint().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace phx::mock
