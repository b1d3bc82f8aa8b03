// The program, as its user meets it: started as a process of its own.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/net/tls_context.h"
#include "gtest/gtest.h"
#include "testing/goldens/raw_client.h"
#include "testing/goldens/replay.h"
#include "testing/tls_certs.h"

namespace phx::mock {
namespace {

using test::RawClient;

constexpr char kProgram[] = "mockserver/mockserver";
constexpr char kTarget[] = "/socket/websocket?vsn=2.0.0";

// The program running, with what it prints.
class Process {
 public:
  explicit Process(std::vector<std::string> flags) {
    std::array<int, 2> pipe_ends{};
    EXPECT_EQ(pipe(pipe_ends.data()), 0);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(pipe_ends[1], STDOUT_FILENO);
      dup2(pipe_ends[1], STDERR_FILENO);
      close(pipe_ends[0]);
      close(pipe_ends[1]);
      std::vector<char*> arguments = {const_cast<char*>(kProgram)};
      for (std::string& flag : flags) arguments.push_back(flag.data());
      arguments.push_back(nullptr);
      execv(kProgram, arguments.data());
      _exit(127);
    }
    close(pipe_ends[1]);
    output_ = fdopen(pipe_ends[0], "r");
  }
  ~Process() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    fclose(output_);
  }

  // The next line that it prints, without its end; empty at the end of the output.
  std::string ReadLine() {
    std::string line;
    for (int c = getc(output_); c != EOF && c != '\n'; c = getc(output_)) {
      line += static_cast<char>(c);
    }
    return line;
  }
  std::string ReadAll() {
    std::string all;
    for (int c = getc(output_); c != EOF; c = getc(output_)) all += static_cast<char>(c);
    return all;
  }

  void Signal(int signal) const { kill(pid_, signal); }

  // Its exit code, or minus the signal that ended it.
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
  FILE* output_ = nullptr;
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

TEST(MockServerMainTest, ExplainsItself) {
  Process process({"--help"});
  const std::string help = process.ReadAll();
  EXPECT_NE(help.find("Examples:"), std::string::npos);
  for (const char* flag : {"--address", "--port", "--threads", "--tls-cert", "--tls-key", "--log",
                           "--max-channels-per-transport"}) {
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
      {"--log=everything"},
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
