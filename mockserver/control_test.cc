// The control endpoint: what each request does, over HTTP, and the commands in the README.
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "mockserver/channel.h"
#include "mockserver/control_api.h"
#include "mockserver/control_server.h"
#include "mockserver/faults_json.h"
#include "mockserver/ready_options.h"
#include "mockserver/server.h"
#include "mockserver/test_connection.h"
#include "testing/child_process.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay_target.h"

namespace phx::mock {
namespace {

using test::RawClient;

constexpr std::chrono::seconds kPatience{10};
const std::string kEcho = R"(["1","2","room:1","echo",{}])";

class ControlTest : public ::testing::Test {
 protected:
  ControlTest() : server_(ReadyOptions()), api_(server_), control_("127.0.0.1", 0, api_) {
    EXPECT_TRUE(server_.status().ok()) << server_.status();
    EXPECT_TRUE(control_.status().ok()) << control_.status();
  }

  // Sends a request over HTTP; the answer's body, with its status as "status" if it is not 200.
  Json Ask(const std::string& method, const std::string& path, const std::string& body = "") {
    const std::string url = control_.url();
    const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
    const auto client = *RawClient::Connect(port);
    EXPECT_TRUE(client
                    ->Send(method + " " + path +
                           " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body)
                    .ok());
    const auto answer = client->Await(kPatience);
    if (!answer.has_value()) return {};
    Json json = Json::parse(answer->data, nullptr, false);
    if (answer->status != 200) json["status"] = answer->status;
    return json;
  }

  Server server_;
  ControlApi api_;
  ControlServer control_;
};

const Json kOk = {{"ok", true}};

TEST_F(ControlTest, NamesTheServerAndItsConnections) {
  const auto client = Joined(server_);
  EXPECT_EQ(Ask("GET", "/"), Json({{"url", server_.url()},
                                   {"connections", {1}},
                                   {"stats",
                                    {{"connections", 1},
                                     {"longpoll_sessions", 0},
                                     {"channels", 1},
                                     {"frames_received", 1},
                                     {"frames_sent", 1},
                                     {"refused_connections", 0},
                                     {"refused_longpoll_sessions", 0},
                                     {"slow_consumers", 0}}}}));
}

TEST_F(ControlTest, SetsAndClearsFaults) {
  const auto client = Joined(server_);
  EXPECT_EQ(
      Ask("PUT", "/faults", R"({"frames":[{"kind":"status","event":"phx_reply","text":"error"}]})"),
      kOk);
  ASSERT_TRUE(client->SendText(kEcho).ok());
  EXPECT_EQ(client->AwaitText(),
            R"(["1","2","room:1","phx_reply",{"response":{},"status":"error"}])");
  EXPECT_EQ(Ask("DELETE", "/faults"), kOk);
  ASSERT_TRUE(client->SendText(kEcho).ok());
  EXPECT_EQ(client->AwaitText(), R"(["1","2","room:1","phx_reply",{"response":{},"status":"ok"}])");
}

TEST_F(ControlTest, SetsFaultsOfOneConnection) {
  const auto first = Joined(server_);
  const auto second = Joined(server_);
  EXPECT_EQ(Ask("PUT", "/faults", R"({"connection": 2, "reply_ref": "\"7\""})"), kOk);
  ASSERT_TRUE(first->SendText(kEcho).ok());
  ASSERT_TRUE(second->SendText(kEcho).ok());
  EXPECT_EQ(first->AwaitText(), R"(["1","2","room:1","phx_reply",{"response":{},"status":"ok"}])");
  EXPECT_EQ(second->AwaitText(), R"(["1","7","room:1","phx_reply",{"response":{},"status":"ok"}])");
  EXPECT_EQ(Ask("PUT", "/faults", R"({"connection": 0})")["status"], 400);
}

TEST_F(ControlTest, RestartsTheServer) {
  const auto client = Joined(server_);
  EXPECT_EQ(Ask("POST", "/stop"), kOk);
  EXPECT_EQ(client->Await(kPatience)->close_code, 1012);
  client->Disconnect();
  ASSERT_TRUE(server_.AwaitConnections(0, kPatience));
  EXPECT_FALSE(RawClient::Connect(server_.port()).ok());
  EXPECT_EQ(Ask("POST", "/start"), kOk);
  Joined(server_);
}

TEST_F(ControlTest, QueuesFaultsForTheNextConnection) {
  EXPECT_EQ(Ask("POST", "/faults", R"({"refuse_upgrade":{"status":503,"body":"later"}})"), kOk);
  const auto client = Connected(server_);
  EXPECT_FALSE(client->Upgrade(kWebSocketTarget));
  Joined(server_);
}

TEST_F(ControlTest, BroadcastsDisconnectsCrashesAndSends) {
  const auto client = Joined(server_, "&id=7");
  EXPECT_EQ(Ask("POST", "/broadcast", R"({"topic":"room:1","event":"news","payload":{"n":1}})"),
            kOk);
  EXPECT_EQ(client->AwaitText(), R"([null,null,"room:1","news",{"n":1}])");
  EXPECT_EQ(Ask("POST", "/send", R"({"text":"{not json","connection":1})"), kOk);
  EXPECT_EQ(client->AwaitText(), "{not json");
  EXPECT_EQ(Ask("POST", "/crash", R"({"topic":"room:1"})"), kOk);
  EXPECT_EQ(client->AwaitText(), R"(["1","1","room:1","phx_error",{"reason":"channel_crash"}])");
  EXPECT_EQ(Ask("POST", "/disconnect", R"({"id":"users_socket:7"})"), kOk);
  EXPECT_EQ(client->Await(kPatience)->close_code, 1001);
}

TEST_F(ControlTest, ClosesAndDropsConnections) {
  const auto closed = Joined(server_);
  EXPECT_EQ(Ask("POST", "/close", R"({"code":4001,"connection":1})"), kOk);
  EXPECT_EQ(closed->Await(kPatience)->close_code, 4001);
  const auto dropped = Joined(server_);
  EXPECT_EQ(Ask("POST", "/drop", R"({"how":"rst"})"), kOk);
  while (dropped->Await(kPatience)->kind != test::ServerEvent::Kind::kTcpClose) {
  }
  EXPECT_TRUE(dropped->was_reset());
}

TEST_F(ControlTest, WaitsForWhatClientsSendAndTellsAll) {
  const auto client = Joined(server_);
  const Json join = Ask("POST", "/await", R"({"topic":"room:1","event":"phx_join"})");
  EXPECT_EQ(join["join_ref"], "1");
  EXPECT_EQ(join["connection"], 1);
  EXPECT_EQ(join["payload"], Json::object());
  EXPECT_EQ(Ask("POST", "/await", R"({"event":"phx_join","timeout_ms":1})")["status"], 408);
  const Json all = Ask("GET", "/transcript");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0]["kind"], "request");
  EXPECT_EQ(all[1]["kind"], "connected");
  EXPECT_EQ(all[2]["event"], "phx_join");
  EXPECT_EQ(Ask("DELETE", "/transcript"), kOk);
  EXPECT_EQ(Ask("GET", "/transcript"), Json::array());
}

TEST_F(ControlTest, ForgetsSessions) {
  const auto client = Connected(server_);
  ASSERT_TRUE(
      client->Send("GET /socket/longpoll?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\n\r\n").ok());
  EXPECT_EQ(client->Await(kPatience)->status, 200);
  ASSERT_TRUE(server_.AwaitConnections(1, kPatience));
  EXPECT_EQ(Ask("DELETE", "/sessions"), kOk);
  EXPECT_TRUE(server_.AwaitConnections(0, kPatience));
}

TEST_F(ControlTest, SaysWhatIsWrong) {
  EXPECT_EQ(Ask("GET", "/nowhere")["status"], 404);
  EXPECT_EQ(Ask("GET", "/faults")["status"], 405);
  EXPECT_EQ(Ask("PUT", "/faults", "{")["error"], "the body is not JSON");
  EXPECT_EQ(Ask("POST", "/broadcast", R"({"topic":"t"})")["error"], "event: is missing");
  EXPECT_EQ(Ask("POST", "/close", R"({"code":"x"})")["error"],
            "code: must be an integer from 0 to 65535");
  EXPECT_EQ(Ask("POST", "/await", R"({"kind":"rain"})")["error"],
            "kind: is none that the transcript has");
}

TEST_F(ControlTest, EndsWhileSomebodyWaits) {
  const std::string url = control_.url();
  const auto port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  const auto client = *RawClient::Connect(port);
  const std::string body = R"({"timeout_ms":600000})";
  ASSERT_TRUE(client
                  ->Send("POST /await HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) +
                         "\r\n\r\n" + body)
                  .ok());
}  // the destructor waits for the request, if it has come, and not for ten minutes

// Each line of the README that begins with "curl", as it stands there.
TEST_F(ControlTest, TheCommandsInTheReadmeWork) {
  const auto client = Joined(server_, "&id=ann");
  const test::ChildProcess::Environment environment = {
      {"CONTROL", control_.url()},
      {"SERVER", "http://127.0.0.1:" + std::to_string(server_.port())}};
  std::ifstream readme("mockserver/README.md");
  int commands = 0;
  for (std::string line; std::getline(readme, line);) {
    if (!line.starts_with("curl ")) continue;
    ++commands;
    ASSERT_TRUE(server_.StartEndpoint().ok());  // a command may have stopped it
    test::ChildProcess command("/bin/sh", {"-c", line}, environment);
    const std::string output = command.ReadAll();
    EXPECT_EQ(command.Wait(), 0) << line << '\n' << output;
  }
  EXPECT_GE(commands, 20);
}

TEST(FaultsJsonTest, NamesThePlaceOfAMistake) {
  const auto why = [](const char* json) {
    return std::string(FaultsFromJson(Json::parse(json)).status().message());
  };
  EXPECT_EQ(why("[]"), "must be an object");
  EXPECT_EQ(why(R"({"ignore_heartbeat":true})"), "ignore_heartbeat: there is no such field");
  EXPECT_EQ(why(R"({"ignore_heartbeats":1})"), "ignore_heartbeats: must be true or false");
  EXPECT_EQ(why(R"({"refuse_upgrade":{"status":"x"}})"),
            "refuse_upgrade.status: must be an integer from 100 to 999");
  EXPECT_EQ(why(R"({"frames":[{"kind":"drop"},{"kind":"drop","skip":-1}]})"),
            "frames[1].skip: must be an integer from 0 to 1000000000");
  EXPECT_EQ(why(R"({"frames":[{}]})"), "frames[0].kind: is missing");
  EXPECT_EQ(why(R"({"frames":[{"kind":"drop","probability":2}]})"),
            "frames[0].probability: must be a number from 0 to 1");
}

TEST(FaultsJsonTest, ReadsAllOfAFault) {
  const absl::StatusOr<Faults> faults = FaultsFromJson(Json::parse(
      R"({"seed":7,"delay_answer_ms":5,"write_rate":100,"drop_request":"rst","drop_on_accept":"fin",
          "frames":[{"kind":"delay","direction":"from_client","topic":"room:*","event":"echo",
          "skip":1,"count":2,"probability":0.5,"delay_ms":30}]})"));
  ASSERT_TRUE(faults.ok()) << faults.status();
  EXPECT_EQ(faults->seed, 7U);
  EXPECT_EQ(faults->delay_answer, std::chrono::milliseconds(5));
  EXPECT_EQ(faults->write_rate, 100U);
  EXPECT_EQ(faults->drop_request, Drop::kRst);
  EXPECT_EQ(faults->drop_on_accept, Drop::kFin);
  ASSERT_EQ(faults->frames.size(), 1U);
  const FrameFault& fault = faults->frames[0];
  EXPECT_EQ(fault.kind, FrameFault::Kind::kDelay);
  EXPECT_EQ(fault.direction, FrameFault::Direction::kFromClient);
  EXPECT_EQ(fault.topic, "room:*");
  EXPECT_EQ(fault.event, "echo");
  EXPECT_EQ(fault.skip, 1U);
  EXPECT_EQ(fault.count, 2U);
  EXPECT_EQ(fault.probability, 0.5);
  EXPECT_EQ(fault.delay, std::chrono::milliseconds(30));
}

}  // namespace
}  // namespace phx::mock
