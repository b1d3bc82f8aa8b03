// The program, as its user meets it: started as a process of its own.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "client/net/tls_context.h"
#include "gtest/gtest.h"
#include "testing/child_process.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay.h"
#include "testing/tls_certs.h"

namespace phx::mock {
namespace {

using test::RawClient;

constexpr char kProgram[] = "mockserver/mockserver";
constexpr char kTarget[] = "/socket/websocket?vsn=2.0.0";

class Process : public test::ChildProcess {
 public:
  explicit Process(const std::vector<std::string>& flags) : ChildProcess(kProgram, flags) {}
};

// The port in "listening on ws://127.0.0.1:40123/socket".
std::uint16_t PortIn(const std::string& line) {
  return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
}

TEST(MockServerMainTest, ServesUntilItIsToldToStop) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Process process({"--port=0"});
    const std::string line = process.ReadLine();
    ASSERT_TRUE(line.starts_with("listening on ws://127.0.0.1:")) << line;
    EXPECT_TRUE(line.ends_with("/socket")) << line;
    auto client = RawClient::Connect(PortIn(line));
    ASSERT_TRUE(client.ok()) << client.status();
    ASSERT_TRUE((*client)->Upgrade(kTarget));
    ASSERT_TRUE((*client)->SendText(R"(["1","1","room:1","phx_join",{}])").ok());
    EXPECT_EQ((*client)->AwaitText(), R"(["1","1","room:1","phx_reply",{"response":{"params":{},)"
                                      R"("topic":"room:1"},"status":"ok"}])");
    process.Signal(signal);
    const std::optional<test::ServerEvent> close = (*client)->Await(std::chrono::seconds(10));
    ASSERT_TRUE(close.has_value());
    EXPECT_EQ(close->close_code, 1012);
    (*client)->Disconnect();
    EXPECT_EQ(process.Wait(), 0);
  }
}

TEST(MockServerMainTest, ServesOverTls) {
  const test::TlsCerts& certs = test::TlsCerts::Get();
  const std::string directory = ::testing::TempDir();
  const std::string cert = directory + "cert.pem";
  const std::string key = directory + "key.pem";
  std::ofstream(cert) << certs.server().certificate_pem;
  std::ofstream(key) << certs.server().private_key_pem;
  Process process({"--port", "0", "--tls-cert", cert, "--tls-key=" + key});
  const std::string line = process.ReadLine();
  ASSERT_TRUE(line.starts_with("listening on wss://")) << line;
  const auto tls = net::TlsContext::ForClient({.ca_pem = certs.ca_pem()});
  ASSERT_TRUE(tls.ok()) << tls.status();
  auto client = RawClient::Connect(PortIn(line), &*tls);
  ASSERT_TRUE(client.ok()) << client.status();
  EXPECT_TRUE((*client)->Upgrade(kTarget));
}

TEST(MockServerMainTest, ServesTheAdminRequestsOfTheReadySet) {
  Process process({"--port=0", "--adapter=cowboy"});
  const std::uint16_t port = PortIn(process.ReadLine());
  auto client = RawClient::Connect(port);
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE((*client)->Upgrade(kTarget));
  ASSERT_TRUE((*client)->SendText(R"(["1","1","room:1","phx_join",{}])").ok());
  (*client)->AwaitText();
  auto administrator = RawClient::Connect(port);
  ASSERT_TRUE(administrator.ok()) << administrator.status();
  const auto ask = [&](const std::string& target) {
    EXPECT_TRUE((*administrator)->Send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n").ok());
    return (*administrator)->Await(std::chrono::seconds(10));
  };
  EXPECT_EQ(ask("/admin/broadcast?topic=room:1&event=news")->data, "ok");
  EXPECT_EQ((*client)->AwaitText(), R"([null,null,"room:1","news",{"from":"admin"}])");
  EXPECT_EQ(ask("/admin/stop_endpoint")->data, "ok");
  EXPECT_EQ((*client)->Await(std::chrono::seconds(10))->close_code, 1012);
  (*client)->Disconnect();
  process.Signal(SIGTERM);  // the program is still there
  EXPECT_EQ(process.Wait(), 0);
}

// A leave and a push in one piece: which way that goes is told on the command line.
TEST(MockServerMainTest, RacesGoTheWayThatItIsTold) {
  Process process({"--port=0", "--races=handled"});
  auto client = RawClient::Connect(PortIn(process.ReadLine()));
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE((*client)->Upgrade(kTarget));
  ASSERT_TRUE((*client)->SendText(R"(["1","1","room:1","phx_join",{}])").ok());
  (*client)->AwaitText();
  ASSERT_TRUE(
      (*client)
          ->SendTexts({R"(["1","2","room:1","phx_leave",{}])", R"(["1","3","room:1","echo",{}])"})
          .ok());
  EXPECT_NE((*client)->AwaitText().find("phx_reply"), std::string::npos);
  EXPECT_NE((*client)->AwaitText().find("phx_close"), std::string::npos);
  EXPECT_NE((*client)->AwaitText().find("unmatched topic"), std::string::npos);
}

TEST(MockServerMainTest, PrintsFramesIfAsked) {
  Process process({"--port=0", "--log=frames"});
  auto client = RawClient::Connect(PortIn(process.ReadLine()));
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE((*client)->Upgrade(kTarget));
  ASSERT_TRUE((*client)->SendText(R"([null,"1","phoenix","heartbeat",{}])").ok());
  (*client)->AwaitText();
  (*client)->Disconnect();
  process.Signal(SIGTERM);
  const std::string output = process.ReadAll();
  EXPECT_NE(output.find(R"(#1 < [null,"1","phoenix","heartbeat",{}])"), std::string::npos)
      << output;
  EXPECT_EQ(process.Wait(), 0);
}

TEST(MockServerMainTest, KeepsTheLimitsThatItIsGiven) {
  Process process({"--port=0", "--max-connections=1", "--max-frame-size=100",
                   "--max-channels-per-transport=1"});
  const std::uint16_t port = PortIn(process.ReadLine());
  auto client = RawClient::Connect(port);
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE((*client)->Upgrade(kTarget));
  auto second = RawClient::Connect(port);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_FALSE((*second)->Upgrade(kTarget));
  for (const char* join :
       {R"(["1","1","room:1","phx_join",{}])", R"(["2","2","room:2","phx_join",{}])"}) {
    ASSERT_TRUE((*client)->SendText(join).ok());
  }
  EXPECT_NE((*client)->AwaitText().find(R"("status":"ok")"), std::string::npos);
  EXPECT_NE((*client)->AwaitText().find("too many channels joined"), std::string::npos);
  ASSERT_TRUE((*client)->SendText(std::string(200, 'x')).ok());
  EXPECT_EQ((*client)->Await(std::chrono::seconds(10))->close_code, 1009);
}

TEST(MockServerMainTest, ServesTheRulesThatTheReadmeShows) {
  const std::string path = "mockserver/example_rules.json";
  std::ifstream readme("mockserver/README.md");
  std::stringstream text;
  text << readme.rdbuf();
  std::stringstream rules;
  rules << std::ifstream(path).rdbuf();
  EXPECT_NE(text.str().find("```json\n" + rules.str() + "```"), std::string::npos)
      << path << " and what the README shows of it differ";

  Process process({"--port=0", "--rules=" + path});
  auto client = RawClient::Connect(PortIn(process.ReadLine()));
  ASSERT_TRUE(client.ok()) << client.status();
  ASSERT_TRUE((*client)->Upgrade(kTarget));
  ASSERT_TRUE((*client)->SendText(R"(["1","1","room:7","phx_join",{"name":"ann"}])").ok());
  EXPECT_EQ((*client)->AwaitText(), R"(["1","1","room:7","phx_reply",{"response":)"
                                    R"({"room":"7","you":"ann"},"status":"ok"}])");
  ASSERT_TRUE((*client)->SendText(R"(["1","2","room:7","say",{"text":"hi"}])").ok());
  EXPECT_EQ((*client)->AwaitText(), R"([null,null,"room:7","said",{"by":"ann","text":"hi"}])");
  EXPECT_EQ((*client)->AwaitText(),
            R"(["1","2","room:7","phx_reply",{"response":{},"status":"ok"}])");
  EXPECT_EQ((*client)->AwaitText(), R"(["1",null,"room:7","receipt",{"topic":"room:7"}])");
}

TEST(MockServerMainTest, SaysWhatIsWrongWithRules) {
  const std::string path = ::testing::TempDir() + "rules.json";
  std::ofstream(path) << R"({"channels": [{"topic": "room:*", "events": [{"does": []}]}]})";
  Process process({"--rules=" + path});
  EXPECT_EQ(process.ReadAll(),
            "mockserver: " + path + ": channels[0].events[0].does: there is no such field\n");
  EXPECT_EQ(process.Wait(), 2);

  std::ofstream(path, std::ios::trunc).close();
  Process empty({"--rules=" + path});
  EXPECT_TRUE(empty.ReadAll().starts_with("mockserver: " + path + ": not JSON")) << path;
  EXPECT_EQ(empty.Wait(), 2);
}

TEST(MockServerMainTest, ExplainsItself) {
  Process process({"--help"});
  const std::string help = process.ReadAll();
  EXPECT_NE(help.find("Examples:"), std::string::npos);
  for (const char* flag :
       {"--address", "--port", "--threads", "--tls-cert", "--tls-key", "--log", "--rules",
        "--max-channels-per-transport", "--max-connections", "--races", "--phoenix", "--adapter",
        "--control", "--max-longpoll-sessions", "--max-unsent-bytes", "--max-frame-size"}) {
    EXPECT_NE(help.find(flag), std::string::npos) << flag;
  }
  EXPECT_EQ(process.Wait(), 0);
}

TEST(MockServerMainTest, ExitsWith2ForWrongFlags) {
  const std::vector<std::vector<std::string>> wrong = {
      {"--no-such-flag"},
      {"--port=70000"},
      {"--port=x"},
      {"--threads=0"},
      {"--threads=1025"},
      {"--control=0", "--control-address=nowhere.example"},
      {"--max-connections=-1"},
      {"--rules=/nonexistent"},
      {"--rules=/"},
      {"--max-unsent-bytes=0"},
      {"--log=everything"},
      {"--races=won"},
      {"--tls-cert=only.pem"},
      {"word"},
      {"--port"},
      {"--address=nowhere.example"},
      {"--tls-cert=/nonexistent", "--tls-key=/nonexistent"}};
  for (const std::vector<std::string>& flags : wrong) {
    Process process(flags);
    EXPECT_TRUE(process.ReadAll().starts_with("mockserver: ")) << flags[0];
    EXPECT_EQ(process.Wait(), 2) << flags[0];
  }
}

TEST(MockServerMainTest, ExitsWith1IfThePortIsTaken) {
  Process first({"--port=0"});
  const std::uint16_t port = PortIn(first.ReadLine());
  Process second({"--port=" + std::to_string(port)});
  EXPECT_NE(second.ReadAll().find("cannot listen"), std::string::npos);
  EXPECT_EQ(second.Wait(), 1);
}

}  // namespace
}  // namespace phx::mock
