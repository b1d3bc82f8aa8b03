// The shards of a run as their users carry them out, each a load generator of its own, against one
// mock server; and what loadgen merge makes of their files.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/application.h"
#include "loadgen/application_run.h"
#include "mockserver/channel_builder.h"
#include "mockserver/presence_channel.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;

std::string In(std::chrono::milliseconds delay) {
  const auto time = std::chrono::system_clock::now().time_since_epoch() + delay;
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  std::string text = absl::StrCat(milliseconds);
  return text.insert(text.size() - 3, ".");
}

// Two shards, at the same time. Returns the names of their files.
std::vector<std::string> RunTwoShards(std::vector<std::string> flags) {
  flags.insert(flags.end(), {"--quiet", "--warmup=100ms", "--fail-if=achieved < 0%",
                             "--start-at=" + In(std::chrono::milliseconds(1500))});
  std::vector<std::string> files;
  std::vector<std::thread> threads;
  for (int i = 1; i <= 2; ++i) {
    files.push_back(TempFile(absl::StrCat("shard-", i, ".json")));
    std::vector<std::string> own = flags;
    own.push_back(absl::StrCat("--shard=", i, "/2"));
    own.push_back("--json=" + files.back());
    own.push_back(absl::StrCat("--threads=", i));  // they need not be alike
    threads.emplace_back([own] {
      const ApplicationRun outcome = RunWith(own);
      EXPECT_THAT(outcome.exit_code, kExitPassed) << outcome.out << outcome.err;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return files;
}

// Answers every push, or broadcasts it, and keeps the topics that were joined.
class RecordingServer {
 public:
  explicit RecordingServer(bool broadcasts) {
    mock::UserSocket socket;
    socket.channels.push_back(
        {"presence:*", [] { return std::make_unique<mock::PresenceChannel>(); }});
    socket.channels.push_back(
        {"*", mock::ChannelBuilder()
                  .OnJoin([this](mock::ChannelSocket& channel, const mock::Payload&) {
                    const std::lock_guard lock(mutex_);
                    topics_.insert(std::string(channel.topic()));
                    return mock::JoinOk();
                  })
                  .OnAnyIn([this, broadcasts](mock::ChannelSocket& channel, std::string_view event,
                                              const mock::Payload& payload) {
                    {
                      const std::lock_guard lock(mutex_);
                      pushes_[std::string(channel.topic())].emplace_back(payload.text());
                    }
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
  std::multiset<std::string> topics() {
    const std::lock_guard lock(mutex_);
    return topics_;
  }
  // By topic, in their order.
  std::map<std::string, std::vector<std::string>> pushes() {
    const std::lock_guard lock(mutex_);
    return pushes_;
  }

 private:
  std::mutex mutex_;
  std::multiset<std::string> topics_;
  std::map<std::string, std::vector<std::string>> pushes_;
  std::unique_ptr<mock::Server> server_;
};

TEST(ShardsTest, TogetherDoWhatOneProcessWould) {
  RecordingServer server(/*broadcasts=*/false);
  std::vector<std::string> command =
      RunTwoShards({"--url=" + server.url(), "--connections=7", "--channels=2", "--rate=700",
                    "--duration=300ms"});
  std::multiset<std::string> topics;
  for (int connection = 1; connection <= 7; ++connection) {
    for (int channel = 1; channel <= 2; ++channel) {
      topics.insert(absl::StrCat("room:", connection, ":", channel));
    }
  }
  EXPECT_EQ(server.topics(), topics);

  command.insert(command.begin(), "merge");
  const std::string file = TempFile("merged.json");
  command.insert(command.end(), {"--json=" + file, "--csv=" + TempFile("merged.csv"),
                                 "--html=" + TempFile("merged.html")});
  const ApplicationRun outcome = RunWith(command);
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_THAT(outcome.out, HasSubstr("shards"));
  const Json merged = ReadJson(file);
  EXPECT_EQ(merged["counts"]["connections"],
            Json::parse(R"({"asked":7,"done":7,"failed":0,"late":0})"));
  EXPECT_EQ(merged["counts"]["joins"], Json::parse(R"({"asked":14,"done":14,"failed":0})"));
  EXPECT_EQ(merged["counts"]["pushes"]["due"], 210);
  EXPECT_EQ(merged["counts"]["pushes"]["replies"], merged["latency_ns"]["reply"]["count"]);
  EXPECT_EQ(merged["shards"][0]["connections"]["done"], 4);
  EXPECT_EQ(merged["shards"][1]["connections"]["done"], 3);
  EXPECT_EQ(merged["run"]["threads"], 3);
  EXPECT_FALSE(merged["options"].contains("shard"));
}

TEST(ShardsTest, BroadcastsReachTheMembersOfAllShards) {
  RecordingServer server(/*broadcasts=*/true);
  const std::vector<std::string> files =
      RunTwoShards({"--url=" + server.url(), "--workload=broadcast", "--connections=4",
                    "--rate=100", "--duration=300ms"});
  const ApplicationRun outcome =
      RunWith({"merge", files[0], files[1], "--json=" + TempFile("broadcasts.json")});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  const Json merged = ReadJson(TempFile("broadcasts.json"));
  EXPECT_EQ(merged["counts"]["broadcasts"],
            Json::parse(R"({"received":120,"missing":0,"duplicates":0,"reordered":0})"));
  EXPECT_EQ(merged["latency_ns"]["broadcast"]["count"], 60);
}

// One kind pushes at a rate, and one plays a script; what both push is drawn.
std::string TwoKindsOfUsers() {
  std::string file = TempFile("two-kinds.json");
  std::ofstream(file) << R"({
    "connections": 7,
    "rate": 200,
    "duration": "300ms",
    "seed": 5,
    "users": [
      {"name": "asker", "weight": 3, "topic": "ask:{user}", "payload_size": "20..500"},
      {"name": "player", "weight": 4, "topic": "play:{connection}:{user}", "steps": [
        {"think": "5ms..20ms"},
        {"push": "say", "payload": {"body": "{data}"}, "payload_size": "20..500"}]}
    ]})";
  return file;
}

TEST(ShardsTest, UsersOfAScenarioDoTheSameInWhicheverShardTheyAre) {
  const std::string scenario = "--scenario=" + TwoKindsOfUsers();
  RecordingServer alone(/*broadcasts=*/false);
  const std::string file = TempFile("alone.json");
  const ApplicationRun outcome =
      RunWith({scenario, "--url=" + alone.url(), "--quiet", "--warmup=100ms",
               "--fail-if=achieved < 0%", "--json=" + file});
  ASSERT_EQ(outcome.exit_code, kExitPassed) << outcome.out << outcome.err;
  RecordingServer shared(/*broadcasts=*/false);
  const std::vector<std::string> files = RunTwoShards({scenario, "--url=" + shared.url()});

  EXPECT_EQ(shared.topics(), alone.topics());
  auto expected = alone.pushes();
  auto pushes = shared.pushes();
  ASSERT_EQ(pushes.size(), 7U);
  for (auto& [topic, texts] : pushes) {
    // How often a player gets round in the time depends on how soon it is answered.
    if (topic.starts_with("play:")) {
      const std::size_t both = std::min(texts.size(), expected[topic].size());
      EXPECT_GT(both, 0U);
      texts.resize(both);
      expected[topic].resize(both);
    }
    EXPECT_EQ(texts, expected[topic]) << topic;
  }

  const std::string merged_file = TempFile("merged-kinds.json");
  const ApplicationRun merge = RunWith({"merge", files[0], files[1], "--json=" + merged_file});
  EXPECT_EQ(merge.exit_code, kExitPassed) << merge.out;
  const Json merged = ReadJson(merged_file);
  const Json whole = ReadJson(file);
  ASSERT_EQ(merged["users"].size(), 2U);
  for (int kind = 0; kind < 2; ++kind) {
    EXPECT_EQ(merged["users"][kind]["name"], whole["users"][kind]["name"]);
    EXPECT_EQ(merged["users"][kind]["counts"]["joins"], whole["users"][kind]["counts"]["joins"]);
    EXPECT_EQ(merged["users"][kind]["counts"]["pushes"]["replies"],
              merged["users"][kind]["latency_ns"]["reply"]["count"]);
  }
  EXPECT_EQ(merged["users"][0]["counts"]["pushes"]["due"], 60);
  EXPECT_EQ(merged["users"][0]["rates"]["asked"], 200);
  EXPECT_EQ(merged["run"]["seed"], 5);
}

// Two kinds meet in one room, in which those of one talk.
TEST(ShardsTest, BroadcastsOfOneKindReachThoseOfTheOtherInAllShards) {
  const std::string scenario = TempFile("talk.json");
  std::ofstream(scenario) << R"({
    "connections": 6,
    "rate": 100,
    "duration": "300ms",
    "users": [
      {"name": "talker", "weight": 1, "topic": "room", "workload": "broadcast"},
      {"name": "listener", "weight": 2, "topic": "room", "workload": "idle"}
    ]})";
  RecordingServer server(/*broadcasts=*/true);
  const std::vector<std::string> files =
      RunTwoShards({"--scenario=" + scenario, "--url=" + server.url()});
  const std::string file = TempFile("talk-merged.json");
  const ApplicationRun outcome = RunWith({"merge", files[0], files[1], "--json=" + file});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  const Json merged = ReadJson(file);
  EXPECT_EQ(merged["counts"]["broadcasts"],
            Json::parse(R"({"received":180,"missing":0,"duplicates":0,"reordered":0})"));
  EXPECT_EQ(merged["users"][0]["counts"]["broadcasts"]["received"], 60);
  EXPECT_EQ(merged["users"][1]["counts"]["broadcasts"]["received"], 120);
}

TEST(ShardsTest, PresencesOfOtherShardsAreSeenAndNotTimed) {
  RecordingServer server(/*broadcasts=*/false);
  const std::vector<std::string> files =
      RunTwoShards({"--url=" + server.url(), "--workload=presence", "--connections=4", "--rate=40",
                    "--duration=400ms"});
  const std::string file = TempFile("presences.json");
  const ApplicationRun outcome = RunWith({"merge", files[0], files[1], "--json=" + file});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  const Json merged = ReadJson(file);
  // Of the three others one is in the same shard.
  const std::uint64_t timed = merged["latency_ns"]["presence"]["count"];
  EXPECT_GT(timed, 0U);
  EXPECT_GT(merged["counts"]["presences"]["seen"].get<std::uint64_t>(), timed);
}

TEST(ShardsTest, ASetupThatIsNotThroughAtTheStartFailsTheRun) {
  const std::string file = TempFile("late.json");
  const ApplicationRun outcome =
      RunWith({"--embedded", "--connections=10", "--connect-rate=1", "--quiet", "--json=" + file,
               "--start-at=" + In(std::chrono::milliseconds(400))});
  EXPECT_EQ(outcome.exit_code, kExitFailed) << outcome.out;
  EXPECT_THAT(outcome.out, HasSubstr("the setup was not through at --start-at"));
  EXPECT_EQ(ReadJson(file)["outcome"], "run_failed");
}

TEST(ShardsTest, TheFirstPushIsDueAtTheStart) {
  const std::string file = TempFile("start.json");
  const std::string start = In(std::chrono::milliseconds(700));
  const ApplicationRun outcome =
      RunWith({"--embedded", "--rate=100", "--duration=100ms", "--warmup=0s", "--quiet",
               "--fail-if=achieved < 0%", "--json=" + file, "--start-at=" + start});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.out;
  const std::string began = ReadJson(file)["run"]["load_began_at"];
  EXPECT_EQ(began.substr(began.size() - 5), start.substr(start.size() - 4) + "Z");
  EXPECT_EQ(ReadJson(file)["counts"]["pushes"]["due"], 10);
}

TEST(ShardsTest, AStartThatIsPastIsReportedBeforeAnythingOpens) {
  const ApplicationRun outcome = RunWith({"--embedded", "--start-at=2020-01-01T00:00:00Z"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("--start-at: 2020-01-01T00:00:00.000Z is past: it was"));
}

TEST(ShardsTest, ADryRunTellsTheShard) {
  const ApplicationRun outcome = RunWith({"--embedded", "--connections=10", "--rate=100",
                                          "--shard=2/3", "--start-at=4000000000", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_THAT(outcome.out, HasSubstr("shard 2/3: 3 of the connections, 30.0/s\n"
                                     "pushes from 2096-10-02T07:06:40.000Z on\n"));
}

TEST(ShardsTest, FilesThatAreNoShardsAreReported) {
  EXPECT_THAT(RunWith({"merge", TempFile("no such file")}).err, HasSubstr("no such file"));
  EXPECT_THAT(RunWith({"merge"}).err, HasSubstr("write loadgen merge SHARD.json"));
  const std::string file = TempFile("no.json");
  std::ofstream(file) << "";
  const ApplicationRun outcome = RunWith({"merge", file});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("there is no shard to merge"));
}

}  // namespace
}  // namespace phx::loadgen
