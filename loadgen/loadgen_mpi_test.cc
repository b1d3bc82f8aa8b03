// Several processes that mpirun starts on this machine, against a mock server in this one.
#include <sys/wait.h>

#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mockserver/channel_builder.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr char kProgram[] = "loadgen/loadgen_mpi";  // below the test's folder

std::string TempFile(const std::string& name) { return ::testing::TempDir() + "/" + name; }

class MpiRun {
 public:
  // `command`: what each process is, for a shell.
  MpiRun(int processes, const std::string& mpirun_flags, const std::string& command) {
    // Bazel's tests have no home, and long names for temporary files, too long for mpirun's
    // sockets.
    const std::string line =
        "HOME=/tmp TMPDIR=/tmp mpirun --allow-run-as-root --oversubscribe -np " +
        std::to_string(processes) + " " + mpirun_flags + " " + command + " 2>&1";
    pipe_ = popen(line.c_str(), "r");
  }

  // Waits for its end. Returns what was printed.
  std::string Finish() {
    std::string text;
    std::array<char, 4096> buffer;
    while (const std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe_)) {
      text.append(buffer.data(), size);
    }
    exit_code_ = WEXITSTATUS(pclose(pipe_));
    return text;
  }

  int exit_code() const { return exit_code_; }

 private:
  FILE* pipe_ = nullptr;
  int exit_code_ = -1;
};

Json ReadJson(const std::string& name) {
  std::ifstream stream(name);
  return Json::parse(stream, nullptr, /*allow_exceptions=*/false);
}

// Answers every push, or sends it to all members of the topic, and counts them.
class EchoServer {
 public:
  explicit EchoServer(bool broadcasts = false) {
    mock::UserSocket socket;
    socket.channels.push_back(
        {"*", mock::ChannelBuilder()
                  .OnAnyIn([this, broadcasts](mock::ChannelSocket& channel, std::string_view event,
                                              const mock::Payload& payload) {
                    ++pushes_;
                    if (!broadcasts) return mock::ReplyOk(payload);
                    channel.Broadcast(event, payload);
                    return mock::NoReply();
                  })
                  .Build()});
    mock::ServerOptions options;
    options.sockets = {std::move(socket)};
    server_ = std::make_unique<mock::Server>(std::move(options));
    EXPECT_TRUE(server_->status().ok()) << server_->status();
  }

  std::string url() const { return server_->url(); }
  // False if none comes.
  bool AwaitPush() const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (pushes_ == 0 && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return pushes_ > 0;
  }

 private:
  std::atomic<std::uint64_t> pushes_ = 0;
  std::unique_ptr<mock::Server> server_;
};

// The machine may be busy with anything: no run fails for being slow.
constexpr char kFlags[] = " --threads=1 --quiet --warmup=200ms \"--fail-if=achieved < 0%\"";

TEST(LoadgenMpiTest, ProcessesCarryOutOneRunAndTheFirstReports) {
  const EchoServer server;
  const std::string file = TempFile("run.json");
  MpiRun run(3, "",
             std::string(kProgram) + kFlags + " --url=" + server.url() +
                 " --connections=10 --channels=2 --rate=600 --duration=1s --json=" + file);
  const std::string text = run.Finish();
  EXPECT_EQ(run.exit_code(), 0) << text;
  EXPECT_THAT(text, HasSubstr("PASSED"));
  const Json report = ReadJson(file);
  ASSERT_TRUE(report.is_object()) << text;
  EXPECT_EQ(report["passed"], true);
  EXPECT_EQ(report["counts"]["connections"]["done"], 10);
  EXPECT_EQ(report["counts"]["joins"]["done"], 20);
  EXPECT_EQ(report["counts"]["pushes"]["due"], 600);
  EXPECT_EQ(report["latency_ns"]["reply"]["count"], report["counts"]["pushes"]["replies"]);
  ASSERT_EQ(report["shards"].size(), 3U);
  EXPECT_EQ(report["shards"][0]["connections"]["done"], 4);
  EXPECT_EQ(report["shards"][2]["connections"]["done"], 3);
  EXPECT_EQ(report["shards"][2]["outcome"], "passed");
}

TEST(LoadgenMpiTest, BroadcastsOfEachProcessAreCountedAtTheMembersInAll) {
  const EchoServer server(/*broadcasts=*/true);
  const std::string file = TempFile("broadcast.json");
  MpiRun run(
      2, "",
      std::string(kProgram) + kFlags + " --url=" + server.url() +
          " --workload=broadcast --connections=6 --rate=100 --duration=500ms --json=" + file);
  const std::string text = run.Finish();
  EXPECT_EQ(run.exit_code(), 0) << text;
  const Json report = ReadJson(file);
  ASSERT_TRUE(report.is_object()) << text;
  EXPECT_EQ(report["counts"]["broadcasts"]["received"], 50 * 6);
  EXPECT_EQ(report["counts"]["broadcasts"]["missing"], 0);
  // Those of which the sender's clock is the receiver's: half of them.
  EXPECT_EQ(report["latency_ns"]["broadcast"]["count"], 50 * 3);
}

TEST(LoadgenMpiTest, AProcessWhoseRunFailsDoesNotTakeTheOthersWithIt) {
  const EchoServer server;
  const std::string file = TempFile("failed.json");
  // The second one is sent to a port at which nobody listens.
  MpiRun run(3, "",
             "sh -c 'url=" + server.url() +
                 "; if [ $OMPI_COMM_WORLD_RANK = 1 ]; then url=ws://127.0.0.1:1/socket; fi; exec " +
                 kProgram + " --threads=1 --quiet --warmup=100ms --url=$url --connections=6" +
                 " --rate=300 --duration=500ms --json=" + file + "'");
  const std::string text = run.Finish();
  EXPECT_EQ(run.exit_code(), 3) << text;
  EXPECT_THAT(text, HasSubstr("shard 2 of 3 failed: no connection was opened"));
  const Json report = ReadJson(file);
  ASSERT_TRUE(report.is_object()) << text;
  EXPECT_EQ(report["outcome"], "run_failed");
  EXPECT_EQ(report["counts"]["connections"]["done"], 4);
  EXPECT_EQ(report["counts"]["pushes"]["due"], 100);
  EXPECT_EQ(report["shards"][1]["outcome"], "run_failed");
}

TEST(LoadgenMpiTest, AProcessThatDiesIsReportedAndTheRestIsKept) {
  const EchoServer server;
  const std::string file = TempFile("died.json");
  const std::string pid_file = TempFile("pid");
  MpiRun run(3, "--enable-recovery",
             "sh -c 'if [ $OMPI_COMM_WORLD_RANK = 2 ]; then echo $$ >" + pid_file + "; fi; exec " +
                 kProgram + kFlags + " --url=" + server.url() +
                 " --connections=6 --rate=300 --duration=1s --json=" + file + "'");
  ASSERT_TRUE(server.AwaitPush()) << run.Finish();
  pid_t pid = 0;
  std::ifstream(pid_file) >> pid;
  ASSERT_GT(pid, 0);
  kill(pid, SIGKILL);
  const std::string text = run.Finish();
  EXPECT_THAT(text, HasSubstr("shard 3 of 3 is missing"));
  EXPECT_THAT(text, HasSubstr("Left out: rank 2 died, or cannot be reached"));
  const Json report = ReadJson(file);
  ASSERT_TRUE(report.is_object()) << text;
  EXPECT_EQ(report["passed"], false);
  EXPECT_EQ(report["counts"]["connections"]["done"], 4);
  EXPECT_EQ(report["counts"]["pushes"]["due"], 200);
  EXPECT_EQ(report["shards"][2]["missing"], true);
}

TEST(LoadgenMpiTest, AMistakeIsSaidOnceAndNothingIsOpened) {
  MpiRun run(2, "", std::string(kProgram) + " --url=ws://127.0.0.1:1/socket --connections=1");
  const std::string text = run.Finish();
  EXPECT_EQ(run.exit_code(), 2) << text;
  const std::string mistake =
      "loadgen: rank 0: --connections: 1 cannot be shared by 2 shards; give 2 or more\n";
  EXPECT_THAT(text, HasSubstr(mistake));
  EXPECT_EQ(text.find(mistake), text.rfind(mistake));
}

}  // namespace
}  // namespace phx::loadgen
