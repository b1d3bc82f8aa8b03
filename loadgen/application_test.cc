// The whole load generator in one process: the real client against the real mock server.
#include "loadgen/application.h"

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "boost/asio/buffer.hpp"
#include "boost/asio/io_context.hpp"
#include "boost/asio/ip/tcp.hpp"
#include "boost/asio/read.hpp"
#include "boost/asio/write.hpp"
#include "boost/system/error_code.hpp"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/application_run.h"
#include "loadgen/terminal.h"
#include "loadgen/terminal_screen.h"
#include "mockserver/channel_builder.h"
#include "mockserver/server.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using Json = nlohmann::json;

// The machine may be busy with anything: unless a test says otherwise, no run fails for being slow.
constexpr char kAnyRate[] = "--fail-if=achieved < 0%";

struct JsonOutcome {
  int exit_code = 0;
  Json summary;
};

// Runs with the summary as JSON.
JsonOutcome RunForJson(std::vector<std::string> flags) {
  const std::string file = TempFile("summary.json");
  flags.insert(flags.begin(), kAnyRate);
  flags.push_back("--json=" + file);
  flags.emplace_back("--quiet");
  const ApplicationRun outcome = RunWith(flags);
  EXPECT_THAT(outcome.err, IsEmpty());
  return {.exit_code = outcome.exit_code, .summary = ReadJson(file)};
}

std::string WriteFile(const std::string& name, const std::string& text) {
  std::string path = TempFile(name);
  std::ofstream(path) << text;
  return path;
}

std::unique_ptr<mock::Server> Serve(mock::ChannelFactory channel) {
  mock::UserSocket socket;
  socket.channels.push_back({"*", std::move(channel)});
  mock::ServerOptions options;
  options.sockets = {std::move(socket)};
  auto server = std::make_unique<mock::Server>(std::move(options));
  EXPECT_TRUE(server->status().ok()) << server->status();
  return server;
}

// Every push due is accounted for once, and every one sent has one outcome.
void ExpectBalanced(const Json& pushes) {
  const auto count = [&pushes](const char* name) { return pushes[name].get<std::uint64_t>(); };
  EXPECT_EQ(count("due"),
            count("sent") + count("skipped_busy") + count("skipped_down") + count("unsent"));
  EXPECT_EQ(count("sent"), count("replies") + count("failed"));
  EXPECT_LE(count("late"), count("sent"));
}

TEST(ApplicationTest, EmbeddedRunPassesAndItsTotalsAgree) {
  const JsonOutcome outcome = RunForJson({"--embedded", "--connections=20", "--channels=3",
                                          "--rate=1000", "--duration=300ms", "--warmup=100ms"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& summary = outcome.summary;
  EXPECT_EQ(summary["passed"], true);
  const Json& counts = summary["counts"];
  EXPECT_EQ(counts["connections"], Json::parse(R"({"asked":20,"done":20,"failed":0,"late":0})"));
  EXPECT_EQ(counts["joins"], Json::parse(R"({"asked":60,"done":60,"failed":0})"));
  ExpectBalanced(counts["pushes"]);
  EXPECT_EQ(counts["pushes"]["due"], 300);
  EXPECT_EQ(counts["pushes"]["failed"], 0);
  EXPECT_EQ(summary["latency_ns"]["connect"]["count"], 20);
  EXPECT_EQ(summary["latency_ns"]["tcp"]["count"], 20);
  EXPECT_EQ(summary["latency_ns"]["tls"]["count"], 0);
  EXPECT_EQ(summary["latency_ns"]["upgrade"]["count"], 20);
  EXPECT_LT(summary["latency_ns"]["upgrade"]["mean"], summary["latency_ns"]["connect"]["mean"]);
  EXPECT_EQ(summary["latency_ns"]["join"]["count"], 60);
  EXPECT_EQ(summary["latency_ns"]["reply"]["count"], counts["pushes"]["replies"]);
  EXPECT_THAT(summary["errors"], IsEmpty());
}

TEST(ApplicationTest, ThreadsShareTheLoadExactly) {
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--connections=7", "--channels=2", "--threads=3", "--rate=999",
                  "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_EQ(outcome.summary["run"]["threads"], 3);
  EXPECT_EQ(outcome.summary["generator"]["thread_cpu"].size(), 3);
  EXPECT_EQ(outcome.summary["counts"]["joins"]["done"], 14);
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["due"], 200);
  ExpectBalanced(outcome.summary["counts"]["pushes"]);
}

TEST(ApplicationTest, HoldsConnectionsWithoutPushes) {
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--connections=5", "--channels=0", "--rate=0", "--duration=50ms",
                  "--warmup=0s", "--connect-rate=1000"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_EQ(outcome.summary["counts"]["connections"]["done"], 5);
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["due"], 0);
}

// Holds its replies until `count` pushes have come, then gives them all; from then on it replies at
// once. A stall that needs no clock.
class Stall {
 public:
  explicit Stall(std::size_t count) : count_(count) {}

  mock::Outcome HandleIn(mock::ChannelSocket& socket) {
    if (is_over_) return mock::ReplyOk();
    waiting_.push_back(socket.socket_ref());
    if (waiting_.size() == count_) {
      is_over_ = true;
      for (const mock::SocketRef& ref : waiting_) ref.Reply("ok");
    }
    return mock::NoReply();
  }

 private:
  const std::size_t count_;
  bool is_over_ = false;
  std::vector<mock::SocketRef> waiting_;
};

TEST(ApplicationTest, AStallOfTheServerShowsInThePercentiles) {
  constexpr std::int64_t kMillisecond = 1'000'000;
  const auto stall = std::make_shared<Stall>(100);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([stall](mock::ChannelSocket& socket, std::string_view,
                                 const mock::Payload&) { return stall->HandleIn(socket); })
                .Build());
  // One push a millisecond: the first one waits until the hundredth is due.
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--rate=1000", "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& push = outcome.summary["latency_ns"]["reply"];
  EXPECT_EQ(push["count"], 200);
  EXPECT_GE(push["max"], 99 * kMillisecond);
  EXPECT_GE(push["p90"], 79 * kMillisecond);  // a tenth of all waited 80 ms and more
}

TEST(ApplicationTest, RefusedJoinsAreClassifiedAndFailTheRun) {
  const auto server = Serve(mock::ChannelBuilder()
                                .OnJoin([](mock::ChannelSocket&, const mock::Payload&) {
                                  return mock::JoinError({{"reason", "unauthorized"}});
                                })
                                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--connections=2", "--channels=3"});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_EQ(outcome.summary["passed"], false);
  EXPECT_EQ(outcome.summary["counts"]["joins"]["failed"], 6);
  ASSERT_EQ(outcome.summary["errors"].size(), 1);
  const Json& error = outcome.summary["errors"][0];
  EXPECT_EQ(error["stage"], "join");
  EXPECT_EQ(error["cause"], "refused");
  EXPECT_EQ(error["kind"], "error: unauthorized");
  EXPECT_EQ(error["count"], 6);
  EXPECT_THAT(error["example"].get<std::string>(), HasSubstr("unauthorized"));
}

TEST(ApplicationTest, JoinsThatAreRefusedInPartLeaveTheRest) {
  const auto server = Serve(mock::ChannelBuilder()
                                .OnJoin([](mock::ChannelSocket& socket, const mock::Payload&) {
                                  if (socket.topic().ends_with(":1")) return mock::JoinOk();
                                  return mock::JoinError();
                                })
                                .OnAnyIn([](mock::ChannelSocket&, std::string_view,
                                            const mock::Payload&) { return mock::ReplyOk(); })
                                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--channels=2", "--rate=100", "--duration=200ms",
                  "--warmup=0s", "--fail-if=errors > 100%"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& pushes = outcome.summary["counts"]["pushes"];
  ExpectBalanced(pushes);
  EXPECT_EQ(pushes["due"], 20);
  EXPECT_LE(pushes["skipped_down"], 10);
  EXPECT_LE(pushes["replies"], 10);
}

TEST(ApplicationTest, UnreachableServerIsClassifiedAndFailsTheRun) {
  // Its port was free a moment ago, and is again.
  const std::string url = Serve(mock::ChannelBuilder().Build())->url();
  const JsonOutcome outcome = RunForJson({"--url=" + url, "--connections=3"});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_THAT(outcome.summary["reasons"],
              ElementsAre("achieved < 0% (nothing recorded)", "errors > 0 (3)",
                          "no connection was opened"));
  ASSERT_EQ(outcome.summary["errors"].size(), 1);
  EXPECT_EQ(outcome.summary["errors"][0]["stage"], "connect");
  EXPECT_EQ(outcome.summary["errors"][0]["cause"], "unavailable");
  EXPECT_EQ(outcome.summary["errors"][0]["kind"], "refused");
  EXPECT_EQ(outcome.summary["errors"][0]["count"], 3);
}

// The kinds of errors of a run, with how often each was seen.
std::map<std::string, int> KindsOf(const Json& summary) {
  std::map<std::string, int> kinds;
  for (const Json& error : summary["errors"]) {
    kinds[error["stage"].get<std::string>() + " " + error["kind"].get<std::string>()] +=
        error["count"].get<int>();
  }
  return kinds;
}

using Kinds = std::map<std::string, int>;

TEST(ApplicationTest, RefusedConnectionsAreClassifiedWithTheirHttpStatus) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  server->QueueFaults({.refuse_upgrade = mock::HttpAnswer{.status = 403}});
  server->SetFaults({.refuse_upgrade = mock::HttpAnswer{.status = 503}});
  const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--connections=3"});
  EXPECT_EQ(outcome.exit_code, kExitFailed);
  EXPECT_EQ(KindsOf(outcome.summary), (Kinds{{"connect http_403", 1}, {"connect http_503", 2}}));
  EXPECT_EQ(outcome.summary["errors"][0]["cause"], "refused");
  EXPECT_THAT(outcome.summary["errors"][0]["example"].get<std::string>(), HasSubstr("403"));
}

TEST(ApplicationTest, ConnectTimeoutsSayWhatWasWaitedFor) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  server->SetFaults({.ignore_request = true});
  const JsonOutcome upgrade =
      RunForJson({"--url=" + server->url(), "--connect-timeout=50ms", "--connections=2"});
  EXPECT_EQ(KindsOf(upgrade.summary), (Kinds{{"connect upgrade_timeout", 2}}));
  // The kernel takes the connection, and nobody answers on it.
  boost::asio::io_context io;
  const boost::asio::ip::tcp::acceptor silent(io, {boost::asio::ip::address_v4::loopback(), 0});
  const JsonOutcome tls = RunForJson(
      {"--url=wss://127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/socket",
       "--connect-timeout=50ms"});
  EXPECT_EQ(KindsOf(tls.summary), (Kinds{{"connect tls_timeout", 1}}));
}

TEST(ApplicationTest, ServersThatSpeakNoTlsAndNamesThatNobodyKnowsAreKindsOfTheirOwn) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  const JsonOutcome tls =
      RunForJson({"--url=wss://127.0.0.1:" + std::to_string(server->port()) + "/socket"});
  EXPECT_EQ(KindsOf(tls.summary), (Kinds{{"connect tls", 1}}));
  const JsonOutcome dns = RunForJson({"--url=ws://nobody.invalid:1/socket"});
  EXPECT_EQ(KindsOf(dns.summary), (Kinds{{"connect dns", 1}}));
}

// What a push does to the server, and what becomes of the connection.
TEST(ApplicationTest, LostConnectionsSayHowTheyWereLost) {
  const struct {
    std::function<void(mock::Server&)> act;
    const char* kind;
  } cases[] = {
      {[](mock::Server& server) { server.DropConnection(mock::Drop::kFin); }, "connection eof"},
      {[](mock::Server& server) { server.DropConnection(mock::Drop::kRst); }, "connection reset"},
      {[](mock::Server& server) {
         server.Close({4001, "go away"});
       },
       "connection close_4001"},
      {[](mock::Server& server) { server.SendRaw("\x8f\x01x"); }, "connection protocol_error"},
      {[](mock::Server& server) { server.SendFrame({.data = "[not a message"}); },
       "connection malformed_frame"},
  };
  for (const auto& example : cases) {
    std::promise<void> pushed;
    const auto server =
        Serve(mock::ChannelBuilder()
                  .OnAnyIn([&](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                    pushed.set_value();
                    return mock::NoReply();
                  })
                  .Build());
    std::thread actor([&] {
      pushed.get_future().wait();
      example.act(*server);
    });
    const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--workload=cast", "--rate=5",
                                            "--duration=199ms", "--warmup=0s", "--timeout=500ms"});
    actor.join();
    EXPECT_EQ(KindsOf(outcome.summary), (Kinds{{example.kind, 1}}));
  }
}

TEST(ApplicationTest, HeartbeatsAreTimedAndThoseUnansweredCostTheConnection) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  std::vector<std::string> flags = {
      "--url=" + server->url(), "--rate=0",         "--warmup=0s",
      "--heartbeat=40ms",       "--duration=300ms", "--connections=2"};
  const JsonOutcome answered = RunForJson(flags);
  EXPECT_EQ(answered.exit_code, kExitPassed) << answered.summary["reasons"];
  EXPECT_GE(answered.summary["latency_ns"]["heartbeat"]["count"], 4);
  EXPECT_GT(answered.summary["latency_ns"]["heartbeat"]["min"], 0);
  server->SetFaults({.ignore_heartbeats = true});
  flags.emplace_back("--timeout=100ms");
  const JsonOutcome ignored = RunForJson(flags);
  EXPECT_EQ(KindsOf(ignored.summary), (Kinds{{"connection heartbeat_timeout", 2}}));
  EXPECT_EQ(ignored.summary["errors"][0]["cause"], "timeout");
}

TEST(ApplicationTest, JoinsAndPushesAreToldApartByTheReasonsGiven) {
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([](mock::ChannelSocket& socket, const mock::Payload&) {
                  if (socket.topic().ends_with(":3")) return mock::JoinOk();
                  const bool is_first = socket.topic().ends_with(":1");
                  return mock::JoinError({{"reason", is_first ? "full" : "banned"}});
                })
                .OnAnyIn([pushes = std::make_shared<int>(0)](mock::ChannelSocket&, std::string_view,
                                                             const mock::Payload&) {
                  if (++*pushes == 1) return mock::ReplyError({{"reason", "late"}});
                  return mock::ReplyError();
                })
                .Build());
  const JsonOutcome outcome = RunForJson(
      {"--url=" + server->url(), "--channels=3", "--rate=30", "--duration=199ms", "--warmup=0s"});
  EXPECT_EQ(KindsOf(outcome.summary), (Kinds{{"join error: full", 1},
                                             {"join error: banned", 1},
                                             {"push error: late", 1},
                                             {"push error", 1}}));
}

TEST(ApplicationTest, ErrorRepliesAreFailedPushes) {
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  return mock::ReplyError({{"reason", "slow down"}});
                })
                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--rate=100", "--duration=100ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  ExpectBalanced(outcome.summary["counts"]["pushes"]);
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["replies"], 0);
  ASSERT_EQ(outcome.summary["errors"].size(), 1);
  EXPECT_EQ(outcome.summary["errors"][0]["stage"], "push");
  EXPECT_EQ(outcome.summary["errors"][0]["cause"], "refused");
  EXPECT_THAT(outcome.summary["errors"][0]["example"].get<std::string>(), HasSubstr("slow down"));
}

TEST(ApplicationTest, ConnectionsBeyondTheirLimitSkipPushesAndUnansweredOnesTimeOut) {
  const auto server = Serve(mock::ChannelBuilder()
                                .OnAnyIn([](mock::ChannelSocket&, std::string_view,
                                            const mock::Payload&) { return mock::NoReply(); })
                                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--rate=100", "--duration=100ms", "--warmup=0s",
                  "--max-outstanding=1", "--timeout=300ms"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  const Json& pushes = outcome.summary["counts"]["pushes"];
  ExpectBalanced(pushes);
  EXPECT_EQ(pushes["due"], 10);
  EXPECT_GE(pushes["skipped_busy"].get<int>() + pushes["unsent"].get<int>(), 8);
  EXPECT_EQ(pushes["replies"], 0);
  ASSERT_EQ(outcome.summary["errors"].size(), 1);
  EXPECT_EQ(outcome.summary["errors"][0]["cause"], "timeout");
}

TEST(ApplicationTest, CrashedChannelsAreCounted) {
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  return mock::Stop(mock::StopReason::kAbnormal);
                })
                .Build());
  const JsonOutcome outcome = RunForJson(
      {"--url=" + server->url(), "--channels=2", "--rate=100", "--duration=100ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  ExpectBalanced(outcome.summary["counts"]["pushes"]);
  bool has_channel_error = false;
  for (const Json& error : outcome.summary["errors"]) {
    EXPECT_THAT(error["stage"].get<std::string>(), AnyOf("channel", "push"));
    has_channel_error |= error["stage"] == "channel" && error["cause"] == "closed";
  }
  EXPECT_TRUE(has_channel_error) << outcome.summary["errors"];
}

TEST(ApplicationTest, RejoinsThatAreRefusedAreCounted) {
  const auto joins = std::make_shared<int>(0);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([joins](mock::ChannelSocket&, const mock::Payload&) {
                  return ++*joins == 1 ? mock::JoinOk() : mock::JoinError({{"reason", "banned"}});
                })
                .OnAnyIn([](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  return mock::Stop(mock::StopReason::kAbnormal);
                })
                .Build());
  // The client rejoins after a second, give or take a half.
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--rate=1", "--duration=1700ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_EQ(outcome.summary["counts"]["joins"]["failed"], 0);
  bool has_refused_join = false;
  for (const Json& error : outcome.summary["errors"]) {
    has_refused_join |=
        error["stage"] == "join" && error["cause"] == "refused" && error["phase"] == "measured";
  }
  EXPECT_TRUE(has_refused_join) << outcome.summary["errors"];
}

TEST(ApplicationTest, ConnectionsThatTheServerClosesAreCountedWithTheirCode) {
  mock::Server* closing = nullptr;
  mock::UserSocket socket;
  socket.id = [](const mock::Json&) { return "all"; };
  socket.channels.push_back(
      {"*", mock::ChannelBuilder()
                .OnAnyIn([&closing](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  closing->Disconnect("all");
                  return mock::NoReply();
                })
                .Build()});
  mock::Server server({.sockets = {std::move(socket)}});
  ASSERT_TRUE(server.status().ok()) << server.status();
  closing = &server;
  const JsonOutcome outcome = RunForJson(
      {"--url=" + server.url(), "--connections=3", "--rate=50", "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  ExpectBalanced(outcome.summary["counts"]["pushes"]);
  bool has_closed = false;
  for (const Json& error : outcome.summary["errors"]) {
    if (error["stage"] != "connection") continue;
    has_closed = true;
    EXPECT_EQ(error["cause"], "closed");
    EXPECT_EQ(error["count"], 3);
    EXPECT_THAT(error["example"].get<std::string>(), HasSubstr("1001"));
  }
  EXPECT_TRUE(has_closed) << outcome.summary["errors"];
}

TEST(ApplicationTest, AnInterruptEndsTheRunInOrderWithAReport) {
  const auto pushes = std::make_shared<int>(0);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([pushes](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  if (++*pushes == 20) std::raise(SIGINT);
                  return mock::ReplyOk();
                })
                .Build());
  const ApplicationRun outcome = RunWith({"--url=" + server->url(), "--rate=200", "--duration=10m",
                                          "--warmup=0s", kAnyRate, "--quiet"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_THAT(outcome.err, HasSubstr("stopping; interrupt again to abort"));
  EXPECT_THAT(outcome.out, HasSubstr("stopped before its time"));
  EXPECT_THAT(outcome.out, HasSubstr("PASSED"));
}

TEST(ApplicationTest, ASecondInterruptEndsTheProcessAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    const auto server =
        Serve(mock::ChannelBuilder()
                  .OnAnyIn([](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                    std::raise(SIGINT);
                    std::raise(SIGINT);
                    return mock::NoReply();  // the first interrupt would wait for a reply
                  })
                  .Build());
    const std::vector<std::string> flags = {"--url=" + server->url(), "--duration=10m", "--quiet"};
    const std::vector<std::string_view> arguments(flags.begin(), flags.end());
    RunApplication(arguments, {.out = std::cout, .err = std::cerr});
  };
  EXPECT_EXIT(run(), ::testing::ExitedWithCode(kExitAborted), "aborted");
}

TEST(ApplicationTest, AConditionThatHoldsFailsTheRunAndIsNamedWithItsValue) {
  const JsonOutcome outcome = RunForJson({"--embedded", "--rate=100", "--duration=100ms",
                                          "--warmup=0s", "--fail-if=reply.p99.9 > 1ns"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_EQ(outcome.summary["passed"], false);
  EXPECT_THAT(outcome.summary["reasons"], ElementsAre(StartsWith("reply.p99.9 > 1ns (")));
  const Json& threshold = outcome.summary["thresholds"][1];
  EXPECT_EQ(threshold["fail_if"], "reply.p99.9 > 1ns");
  EXPECT_EQ(threshold["failed"], true);
  EXPECT_GT(threshold["value"].get<double>(), 1);
}

TEST(ApplicationTest, AnAbortConditionEndsTheRunBeforeItsTime) {
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--rate=100", "--duration=10m", "--warmup=0s", "--interval=10ms",
                  "--abort-if=reply.max > 1ns"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_EQ(outcome.summary["run"]["interrupted"], true);
  EXPECT_THAT(outcome.summary["reasons"], ElementsAre(StartsWith("aborted: reply.max > 1ns (")));
}

TEST(ApplicationTest, ProgressGoesToTheErrorStreamAndTheReportToTheOutput) {
  const ApplicationRun outcome = RunWith(
      {"--embedded", "--rate=100", "--duration=200ms", "--warmup=0s", "--interval=20ms", kAnyRate});
  EXPECT_THAT(outcome.err, HasSubstr("measured"));
  EXPECT_THAT(outcome.err, HasSubstr("errors 0"));
  EXPECT_THAT(outcome.out, HasSubstr("reply"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("measured  0.")));
}

TEST(ApplicationTest, NothingOfTheLiveViewIsLeftOnTheTerminal) {
  const std::vector<std::string_view> flags = {"--embedded",  "--rate=100",      "--duration=200ms",
                                               "--warmup=0s", "--interval=20ms", kAnyRate};
  constexpr TerminalSize kSize = {.columns = 40, .rows = 12};
  std::ostringstream out;
  std::ostringstream err;
  RunApplication(flags, {.out = out, .err = err, .err_terminal = [size = kSize] { return size; }});
  EXPECT_THAT(err.str(), HasSubstr("measured     0."));
  TerminalScreen screen(kSize);
  screen.Write(err.str());
  EXPECT_THAT(screen.lines(), IsEmpty());
}

// The flags of a run of broadcasts on `server` that loses nothing of its own.
std::vector<std::string> BroadcastFlags(const mock::Server& server) {
  return {"--url=" + server.url(), "--workload=broadcast", "--connections=4",
          "--publishers=0.5",      "--rate=100",           "--duration=200ms",
          "--warmup=50ms"};
}

// Broadcasts by `publish`, which is called with the number of each push, from 0.
std::unique_ptr<mock::Server> ServeBroadcasts(
    std::function<void(mock::ChannelSocket&, std::string_view, const mock::Payload&, int)>
        publish) {
  const auto pushes = std::make_shared<int>(0);
  return Serve(mock::ChannelBuilder()
                   .OnAnyIn([pushes, publish = std::move(publish)](mock::ChannelSocket& socket,
                                                                   std::string_view event,
                                                                   const mock::Payload& payload) {
                     publish(socket, event, payload, (*pushes)++);
                     return mock::NoReply();
                   })
                   .Build());
}

TEST(ApplicationTest, BroadcastsReachEveryMemberOnceAndInOrder) {
  for (const char* form : {"--payload-size=200", "--binary"}) {
    const JsonOutcome outcome = RunForJson(
        {"--embedded", "--workload=broadcast", "--connections=6", "--publishers=0.5", "--threads=2",
         "--channels=2", "--rate=200", "--duration=200ms", "--warmup=50ms", form});
    EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
    const Json& counts = outcome.summary["counts"];
    EXPECT_EQ(counts["pushes"]["sent"], 40);
    EXPECT_EQ(counts["broadcasts"],
              Json::parse(R"({"received":240,"missing":0,"duplicates":0,"reordered":0})"));
    EXPECT_EQ(outcome.summary["latency_ns"]["broadcast"]["count"], 240);
  }
}

// What it has not read when the run ends, it has not got: a slow one would need minutes for all.
TEST(ApplicationTest, SlowConsumersFallBehindAndOthersDoNot) {
  const std::string scenario = WriteFile("slow.json", R"({
    "connections": 3, "rate": 20, "duration": "300ms", "warmup": "0s", "topic": "hall",
    "users": [
      {"name": "speaker", "workload": "broadcast", "payload_size": "64KiB"},
      {"name": "fast", "workload": "idle"},
      {"name": "slow", "workload": "idle", "read_rate": "4KiB"}]})");
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--scenario=" + scenario, "--fail-if=missing > 50%"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& users = outcome.summary["users"];
  EXPECT_EQ(users[0]["counts"]["pushes"]["sent"], 6);
  EXPECT_EQ(users[1]["counts"]["broadcasts"]["received"], 6);
  EXPECT_EQ(users[2]["counts"]["joins"]["done"], 1);
  EXPECT_EQ(users[2]["counts"]["broadcasts"]["received"], 0);
  EXPECT_EQ(outcome.summary["counts"]["broadcasts"]["missing"], 6);
}

TEST(ApplicationTest, ALostBroadcastFailsTheRun) {
  const auto server = ServeBroadcasts([](mock::ChannelSocket& socket, std::string_view event,
                                         const mock::Payload& payload, int push) {
    if (push == 12) return socket.BroadcastFrom(event, payload);  // its sender goes without
    if (push != 15) socket.Broadcast(event, payload);             // everybody does
  });
  const JsonOutcome outcome = RunForJson(BroadcastFlags(*server));
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_THAT(outcome.summary["reasons"], ElementsAre("missing > 0 (5)"));
  EXPECT_EQ(outcome.summary["counts"]["broadcasts"]["missing"], 5);
}

TEST(ApplicationTest, DuplicateAndReorderedBroadcastsFailTheRun) {
  const auto held = std::make_shared<std::optional<mock::Payload>>();
  const auto server = ServeBroadcasts([held](mock::ChannelSocket& socket, std::string_view event,
                                             const mock::Payload& payload, int push) {
    if (push == 12) {
      held->emplace(payload);
      return;
    }
    socket.Broadcast(event, payload);
    if (push == 10) socket.Broadcast(event, payload);
    if (push == 13) socket.Broadcast(event, **held);
  });
  std::vector<std::string> flags = BroadcastFlags(*server);
  flags.emplace_back("--publishers=0.25");  // one: the order in which it sends is known
  const JsonOutcome outcome = RunForJson(flags);
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  const Json& broadcasts = outcome.summary["counts"]["broadcasts"];
  EXPECT_EQ(broadcasts["duplicates"], 4);
  EXPECT_EQ(broadcasts["reordered"], 4);
  EXPECT_EQ(broadcasts["missing"], 0);
}

TEST(ApplicationTest, CastsExpectNoReply) {
  for (const char* form : {"--payload-size=64", "--binary"}) {
    const auto pushes = std::make_shared<std::atomic<int>>(0);
    const auto server = Serve(mock::ChannelBuilder()
                                  .OnAnyIn([pushes](mock::ChannelSocket&, std::string_view,
                                                    const mock::Payload& payload) {
                                    if (payload.text().size() + payload.bytes().size() == 64)
                                      ++*pushes;
                                    return mock::NoReply();
                                  })
                                  .Build());
    const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--workload=cast", form,
                                            "--rate=100", "--duration=200ms", "--warmup=0s"});
    EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
    EXPECT_EQ(outcome.summary["counts"]["pushes"]["sent"], 20);
    EXPECT_EQ(*pushes, 20);
  }
}

TEST(ApplicationTest, BinaryPushesAreRepliedTo) {
  const JsonOutcome outcome = RunForJson({"--embedded", "--binary", "--payload-size=5",
                                          "--rate=100", "--duration=100ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["replies"], 10);
}

TEST(ApplicationTest, ChurnLeavesAndJoinsAgain) {
  const auto joins = std::make_shared<std::atomic<int>>(0);
  const auto server = Serve(mock::ChannelBuilder()
                                .OnJoin([joins](mock::ChannelSocket&, const mock::Payload&) {
                                  ++*joins;
                                  return mock::JoinOk();
                                })
                                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--workload=churn", "--connections=2", "--channels=2",
                  "--rate=50", "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& pushes = outcome.summary["counts"]["pushes"];
  ExpectBalanced(pushes);
  EXPECT_EQ(pushes["due"], 10);
  EXPECT_EQ(*joins, 4 + pushes["replies"].get<int>());
  EXPECT_EQ(outcome.summary["latency_ns"]["leave"]["count"], pushes["replies"]);
}

TEST(ApplicationTest, ChurnThatIsRefusedFailsTheRun) {
  const auto joins = std::make_shared<std::atomic<int>>(0);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([joins](mock::ChannelSocket&, const mock::Payload&) {
                  return ++*joins == 1 ? mock::JoinOk() : mock::JoinError({{"reason", "full"}});
                })
                .Build());
  const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--workload=churn", "--rate=50",
                                          "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  ExpectBalanced(outcome.summary["counts"]["pushes"]);
  ASSERT_FALSE(outcome.summary["errors"].empty());
  EXPECT_THAT(outcome.summary["errors"][0]["example"].get<std::string>(), HasSubstr("full"));
}

// Between the leave's answer and the join's, and from the first join when the second is answered.
TEST(ApplicationTest, MessagesAfterTheLeaveFailTheRun) {
  std::promise<mock::JoinHandle> rejoin;
  const auto joins = std::make_shared<std::atomic<int>>(0);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([&, joins](mock::ChannelSocket& socket, const mock::Payload&) {
                  if (++*joins != 2) return mock::JoinOk();
                  rejoin.set_value(socket.join_handle());
                  return mock::JoinLater();
                })
                .Build());
  std::thread actor([&] {
    const mock::JoinHandle handle = rejoin.get_future().get();
    server->SendFrame({.data = R"([null,null,"room:1:1","news",{}])"});
    handle.Ok();
    server->SendFrame({.data = R"([null,null,"room:1:1","news",{}])"});  // for who has joined
    server->SendFrame({.data = R"(["1",null,"room:1:1","news",{}])"});
  });
  const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--workload=churn", "--rate=4",
                                          "--duration=249ms", "--warmup=0s"});
  actor.join();
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_THAT(outcome.summary["reasons"], ElementsAre("after_leave > 0 (2)"));
  EXPECT_EQ(outcome.summary["counts"]["churn"]["after_leave"], 2);
}

TEST(ApplicationTest, AServerThatRestartsIsReturnedTo) {
  const JsonOutcome outcome = RunForJson(
      {"--embedded", "--connections=5", "--channels=2", "--rate=1000", "--duration=2500ms",
       "--warmup=0s", "--reconnect", "--restart-after=200ms", "--fail-if=errors > 100%"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& counts = outcome.summary["counts"];
  EXPECT_EQ(counts["recovery"]["lost"], 5);
  EXPECT_EQ(counts["recovery"]["reconnects"], 5);
  EXPECT_EQ(counts["recovery"]["joins_lost"], 10);
  EXPECT_EQ(counts["recovery"]["rejoins"], 10);
  EXPECT_EQ(counts["recovery"]["unrecovered"], 0);
  EXPECT_EQ(counts["connections"]["done"], 5);
  EXPECT_EQ(outcome.summary["latency_ns"]["connect"]["count"], 5);
  EXPECT_EQ(outcome.summary["latency_ns"]["reconnect"]["count"], 5);
  EXPECT_EQ(outcome.summary["latency_ns"]["rejoin"]["count"], 10);
  EXPECT_GE(outcome.summary["latency_ns"]["rejoin"]["max"],
            outcome.summary["latency_ns"]["reconnect"]["min"]);
  // What was due meanwhile is told (the first wait is 5 ms at the least), and the losses are no
  // errors.
  ExpectBalanced(counts["pushes"]);
  EXPECT_GT(counts["pushes"]["skipped_down"], 0);
  for (const Json& error : outcome.summary["errors"]) EXPECT_EQ(error["stage"], "push");
  bool has_close = false;
  for (const Json& disruption : outcome.summary["disruptions"]) {
    has_close |= disruption["kind"] == "close_1012" && disruption["count"] == 5;
  }
  EXPECT_TRUE(has_close) << outcome.summary["disruptions"];
}

TEST(ApplicationTest, ConnectionsThatAreNotBackAtTheEndFailTheRun) {
  std::promise<void> pushed;
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([&, pushes = std::make_shared<int>(0)](
                             mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  if (++*pushes == 1) pushed.set_value();
                  return mock::ReplyOk();
                })
                .Build());
  std::thread actor([&] {
    pushed.get_future().wait();
    server->Stop();
  });
  const JsonOutcome outcome = RunForJson({"--url=" + server->url(), "--connections=2", "--rate=50",
                                          "--duration=400ms", "--warmup=0s", "--reconnect"});
  actor.join();
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  const Json& recovery = outcome.summary["counts"]["recovery"];
  EXPECT_EQ(recovery["lost"], 2);
  EXPECT_EQ(recovery["reconnects"], 0);
  EXPECT_GE(recovery["reconnects_failed"], 2);
  EXPECT_EQ(recovery["unrecovered"], 4);  // two connections, and a channel on each
  EXPECT_THAT(outcome.summary["reasons"], ::testing::Contains("unrecovered > 0 (4)"));
}

TEST(ApplicationTest, ConnectionsThatNeverOpenedAreGivenUpAlsoWhereOthersReconnect) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  server->QueueFaults({.refuse_upgrade = mock::HttpAnswer{.status = 503}});
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--connections=2", "--rate=0", "--reconnect",
                  "--duration=200ms", "--warmup=0s", "--max-connecting=1"});
  EXPECT_EQ(KindsOf(outcome.summary), (Kinds{{"connect http_503", 1}}));
  EXPECT_EQ(outcome.summary["counts"]["connections"]["done"], 1);
  EXPECT_EQ(outcome.summary["counts"]["recovery"]["reconnects_failed"], 0);
}

TEST(ApplicationTest, TheClosedModelPushesAsFastAsRepliesCome) {
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--model=closed", "--in-flight=8", "--connections=4", "--threads=2",
                  "--duration=200ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& pushes = outcome.summary["counts"]["pushes"];
  ExpectBalanced(pushes);
  EXPECT_GT(pushes["replies"], 50);
  EXPECT_EQ(pushes["late"], 0);
  EXPECT_EQ(outcome.summary["run"]["model"], "closed");
}

TEST(ApplicationTest, EachStageOfAConnectionHasItsOwnLatency) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  server->SetFaults({.delay_answer = std::chrono::milliseconds(60),
                     .delay_joins = std::chrono::milliseconds(120)});
  const JsonOutcome outcome = RunForJson(
      {"--url=" + server->url(), "--connections=3", "--rate=0", "--duration=50ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& latency = outcome.summary["latency_ns"];
  EXPECT_LT(latency["tcp"]["min"], 60'000'000);
  EXPECT_GE(latency["upgrade"]["min"], 60'000'000);
  EXPECT_LT(latency["upgrade"]["min"], 120'000'000);
  EXPECT_GE(latency["connect"]["min"], latency["upgrade"]["min"]);
  EXPECT_GE(latency["join"]["min"], 120'000'000);
  for (const char* stage : {"connect", "tcp", "upgrade", "join"}) {
    EXPECT_EQ(latency[stage]["count"], 3) << stage;
  }
}

TEST(ApplicationTest, AStormOfConnectionsShowsHowLongTheLastOneWaited) {
  const auto server = Serve(mock::ChannelBuilder().Build());
  server->SetFaults({.delay_joins = std::chrono::milliseconds(80)});
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--connections=20", "--max-connecting=20", "--rate=0",
                  "--duration=50ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  EXPECT_EQ(outcome.summary["counts"]["joins"]["done"], 20);
  EXPECT_GE(outcome.summary["latency_ns"]["join"]["min"], 80'000'000);
}

// The addresses from which connections have come that nobody has taken yet, with how many.
std::map<std::string, int> PeersOf(boost::asio::ip::tcp::acceptor& acceptor) {
  std::map<std::string, int> peers;
  acceptor.non_blocking(true);
  while (true) {
    boost::asio::ip::tcp::socket socket(acceptor.get_executor());
    boost::asio::ip::tcp::endpoint peer;
    boost::system::error_code error;
    acceptor.accept(socket, peer, error);
    if (error) return peers;
    ++peers[peer.address().to_string()];
  }
}

TEST(ApplicationTest, ConnectionsTakeTurnsBetweenServersAndLocalAddresses) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor first(io, {boost::asio::ip::address_v4::loopback(), 0});
  boost::asio::ip::tcp::acceptor second(io, {boost::asio::ip::address_v4::loopback(), 0});
  const auto url = [](const boost::asio::ip::tcp::acceptor& acceptor) {
    return "ws://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/socket";
  };
  const JsonOutcome outcome =
      RunForJson({"--url=" + url(first), "--url=" + url(second), "--connect-timeout=100ms",
                  "--local-address=127.0.0.2-127.0.0.3", "--connections=8", "--threads=2"});
  EXPECT_EQ(outcome.summary["run"]["url"], url(first) + ", " + url(second));
  const std::map<std::string, int> expected = {{"127.0.0.2", 2}, {"127.0.0.3", 2}};
  EXPECT_EQ(PeersOf(first), expected);
  EXPECT_EQ(PeersOf(second), expected);
}

TEST(ApplicationTest, TheEmbeddedServerHasAsManyPortsAsAreAskedFor) {
  const JsonOutcome outcome = RunForJson({"--embedded", "--server-ports=3", "--connections=6",
                                          "--rate=100", "--duration=100ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  EXPECT_THAT(outcome.summary["run"]["url"].get<std::string>(),
              ::testing::ContainsRegex("^ws://[^,]+, ws://[^,]+, ws://[^,]+$"));
}

TEST(ApplicationTest, AddressesOfOtherMachinesAreReportedBeforeAnythingOpens) {
  const ApplicationRun outcome = RunWith({"--embedded", "--local-address=192.0.2.1"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("--local-address: cannot connect from 192.0.2.1"));
}

// What a web server on that port of this machine answers.
std::string Fetch(std::uint16_t port) {
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  boost::asio::write(socket, boost::asio::buffer(std::string("GET /metrics HTTP/1.1\r\n\r\n")));
  std::string answer;
  boost::system::error_code end;
  boost::asio::read(socket, boost::asio::dynamic_buffer(answer), end);
  return answer;
}

std::uint16_t FreePort() {
  boost::asio::io_context io;
  const boost::asio::ip::tcp::acceptor acceptor(io, {boost::asio::ip::tcp::v4(), 0});
  return acceptor.local_endpoint().port();
}

TEST(ApplicationTest, PrometheusIsAnsweredWhileTheRunGoesOn) {
  const std::uint16_t port = FreePort();
  std::string answer;
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnAnyIn([&](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  const bool is_known = answer.find(
                                            "loadgen_joined_total{phase="
                                            "\"setup\"} 2") != std::string::npos;
                  if (!is_known) answer = Fetch(port);
                  return mock::ReplyOk();
                })
                .Build());
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--connections=2", "--rate=100", "--duration=300ms",
                  "--warmup=0s", "--interval=10ms", "--prometheus=" + std::to_string(port)});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  EXPECT_THAT(answer, HasSubstr("loadgen_joined_total{phase=\"setup\"} 2\n"));
}

std::string ReadFile(const std::string& name) {
  std::ifstream stream(name);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(ApplicationTest, OneRunWritesAllReportsAndTheyCanBeMadeAgain) {
  const std::string base = TempFile("run");
  const ApplicationRun run =
      RunWith({"--embedded", "--rate=200", "--duration=200ms", "--warmup=50ms", "--interval=50ms",
               "--quiet", kAnyRate, "--label=commit=1f3a", "--label=server=4 cores",
               "--json=" + base + ".json", "--csv=" + base + ".csv", "--html=" + base + ".html"});
  EXPECT_EQ(run.exit_code, kExitPassed) << run.err;
  const Json json = Json::parse(ReadFile(base + ".json"));
  EXPECT_EQ(json["options"]["rate"], "200");
  EXPECT_EQ(json["run"]["labels"], Json::parse(R"({"commit": "1f3a", "server": "4 cores"})"));
  EXPECT_THAT(run.out, HasSubstr("\ncommit=1f3a, server=4 cores\n"));
  EXPECT_GE(json["machine"]["cores"], 1);
  // One of each phase, at the least: how many intervals a slow machine comes to is open.
  EXPECT_GE(json["series"]["rows"].size(), 3);
  EXPECT_THAT(ReadFile(base + ".csv"), StartsWith("phase,users,start_ns,end_ns,"));
  const std::string html = ReadFile(base + ".html");
  EXPECT_THAT(html, HasSubstr("phoenix-loadgen-run"));

  const ApplicationRun again =
      RunWith({"report", base + ".json", "--html=" + base + "-again.html"});
  EXPECT_EQ(again.exit_code, kExitPassed) << again.err;
  EXPECT_EQ(ReadFile(base + "-again.html"), html);

  const ApplicationRun compared = RunWith({"compare", base + ".json", base + ".json"});
  EXPECT_EQ(compared.exit_code, kExitPassed) << compared.err;
  EXPECT_THAT(compared.out, HasSubstr("NOT WORSE"));
}

TEST(ApplicationTest, ThePhasesOfARunHaveTheirOwnLines) {
  const std::vector<std::string> flags = {
      "--embedded", "--connections=3", "--threads=2", "--warmup=50ms",
      "--phases=ramp 0..400 200ms, spike 1000 50ms, hold 100ms"};
  const JsonOutcome outcome = RunForJson(flags);
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const Json& phases = outcome.summary["phases"];
  ASSERT_EQ(phases.size(), 3);
  EXPECT_EQ(phases[0]["phase"], "ramp 0..400 200ms");
  EXPECT_EQ(phases[0]["pushes"]["due"], 40);
  EXPECT_EQ(phases[1]["pushes"]["due"], 50);
  EXPECT_EQ(phases[2]["pushes"]["due"], 40);
  std::uint64_t latencies = 0;
  for (const Json& phase : phases) {
    ExpectBalanced(phase["pushes"]);
    latencies += phase["latency_ns"]["count"].get<std::uint64_t>();
  }
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["due"], 130);
  EXPECT_EQ(outcome.summary["latency_ns"]["reply"]["count"], latencies);
  EXPECT_NEAR(outcome.summary["rates"]["asked"].get<double>(), 130 / 0.35, 0.001);
}

TEST(ApplicationTest, ADryRunPrintsThePlanAndOpensNothing) {
  const ApplicationRun outcome =
      RunWith({"--url=ws://nobody.invalid/socket?token=hunter2", "--connections=20",
               "--phases=ramp 0..2000 30s, hold 1m", "--fail-if=reply.p99 > 50ms", "--dry-run"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("20 connections with 1 channel each, 1,666.7/s on average"));
  EXPECT_THAT(outcome.out, HasSubstr("topics from room:1:1 to room:20:1\n"));
  EXPECT_THAT(outcome.out, ::testing::ContainsRegex("  0 ns ramp +30.0 s +0.0/s to 2,000.0/s\n"));
  EXPECT_THAT(outcome.out, ::testing::ContainsRegex("  30.0 s hold +60.0 s +2,000.0/s\n"));
  EXPECT_THAT(outcome.out, HasSubstr("  reply.p99 > 50ms\n"));
  EXPECT_THAT(outcome.out, HasSubstr("nothing was opened"));
  EXPECT_THAT(outcome.out, Not(HasSubstr("hunter2")));
}

TEST(ApplicationTest, ASearchFindsTheRateThatTheServerHolds) {
  const std::string file = TempFile("search.json");
  // The server answers a push with an error once it has had 40 of a run.
  const auto pushes = std::make_shared<std::atomic<int>>(0);
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([pushes](mock::ChannelSocket&, const mock::Payload&) {
                  *pushes = 0;
                  return mock::JoinOk();
                })
                .OnAnyIn([pushes](mock::ChannelSocket&, std::string_view, const mock::Payload&) {
                  return ++*pushes <= 40 ? mock::ReplyOk() : mock::ReplyError();
                })
                .Build());
  const ApplicationRun outcome =
      RunWith({"search", "--url=" + server->url(), "--rate=100", "--duration=200ms", "--warmup=0s",
               "--precision=0.2", kAnyRate, "--json=" + file, "--quiet"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("highest rate that holds, measured twice: 200.0/s\n"));
  const Json json = ReadJson(file);
  EXPECT_EQ(json["found_rate"], 200);
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["steps"].size(), 6);  // 100, 200, 400, 283, 238, 200
}

TEST(ApplicationTest, ASearchThatFindsNothingFails) {
  const ApplicationRun outcome =
      RunWith({"search", "--embedded", "--rate=100", "--duration=20ms", "--warmup=0s", "--quiet",
               "--factor=100", "--fail-if=reply.p50 > 1ns"});
  EXPECT_EQ(outcome.exit_code, kExitThreshold);
  EXPECT_THAT(outcome.out, HasSubstr("no rate was found that holds twice"));
}

TEST(ApplicationTest, ASearchSaysWhatItCannotDo) {
  const ApplicationRun outcome = RunWith(
      {"search", "--embedded", "--rate=0", "--html=page.html", "--factor=1", "--precision=0"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  for (const char* word : {"first with --rate", "--csv and --html", "--factor", "--precision"}) {
    EXPECT_THAT(outcome.err, HasSubstr(word));
  }
}

TEST(ApplicationTest, FilesThatAreNoRunsAreReported) {
  const ApplicationRun missing = RunWith({"compare", "/nowhere/a.json", "/nowhere/b.json"});
  EXPECT_EQ(missing.exit_code, kExitUsage);
  EXPECT_THAT(missing.err, HasSubstr("/nowhere/a.json: No such file"));
  const std::string name = TempFile("no_run.json");
  std::ofstream(name) << "{}";
  const ApplicationRun other = RunWith({"report", name, "--html=/dev/null"});
  EXPECT_EQ(other.exit_code, kExitUsage);
  EXPECT_THAT(other.err, HasSubstr("is JSON, but no run of loadgen"));
}

TEST(ApplicationTest, AScenarioHasKindsOfUsersWhichAreReportedByThemselves) {
  const std::string scenario = WriteFile("mixed.json", R"({
    "name": "mixed", "connections": 30, "rate": 500, "duration": "200ms", "warmup": "0s",
    "users": [
      {"name": "speaker", "topic": "hall", "workload": "broadcast", "event": "speech",
       "rate_weight": 1},
      {"name": "listener", "weight": 3, "topic": "hall", "workload": "idle"},
      {"name": "asker", "weight": 2, "event": "ask", "rate_weight": 2}]})");
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--scenario=" + scenario, "--threads=2", "--rate=300"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& run = outcome.summary;
  EXPECT_EQ(run["run"]["scenario"], "mixed");
  EXPECT_EQ(run["counts"]["pushes"]["due"], 60);  // the flag took the place of the field
  const Json& users = run["users"];
  ASSERT_EQ(users.size(), 3);
  EXPECT_EQ(users[0]["counts"]["connections"]["done"], 5);
  EXPECT_EQ(users[1]["counts"]["connections"]["done"], 15);
  EXPECT_EQ(users[2]["counts"]["connections"]["done"], 10);
  EXPECT_EQ(users[0]["counts"]["pushes"]["sent"], 12);
  EXPECT_EQ(users[2]["counts"]["pushes"]["sent"], 48);
  EXPECT_EQ(users[2]["counts"]["pushes"]["replies"], 48);
  EXPECT_EQ(users[1]["counts"]["pushes"]["due"], 0);
  EXPECT_EQ(users[0]["counts"]["broadcasts"]["received"], 12 * 5);
  EXPECT_EQ(users[1]["counts"]["broadcasts"]["received"], 12 * 15);
  EXPECT_EQ(run["counts"]["broadcasts"]["missing"], 0);
}

TEST(ApplicationTest, EachUserHasARowOfTheFeed) {
  std::mutex mutex;
  std::map<std::string, int> nicks;
  const auto server =
      Serve(mock::ChannelBuilder()
                .OnJoin([&](mock::ChannelSocket& channel, const mock::Payload& params) {
                  const std::lock_guard lock(mutex);
                  ++nicks[std::string(channel.topic()) + " " + params.json().value("nick", "")];
                  return mock::JoinOk();
                })
                .Build());
  const std::string feed = WriteFile("feed.csv", "nick,room\nann,1\nbob,2\n");
  const JsonOutcome outcome =
      RunForJson({"--url=" + server->url(), "--feed=" + feed, "--connections=4", "--rate=0",
                  "--topic=room:{room}", R"(--join-params={"nick":"{nick}"})", "--duration=20ms",
                  "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_EQ(nicks, (std::map<std::string, int>{{"room:1 ann", 2}, {"room:2 bob", 2}}));
}

TEST(ApplicationTest, EachUserHasItsAuthToken) {
  std::mutex mutex;
  std::map<std::string, int> tokens;
  mock::UserSocket socket;
  socket.auth_token = true;
  socket.longpoll.emplace();
  socket.connect = [&](const mock::ConnectInfo& info, mock::Json& /*assigns*/) {
    const std::lock_guard lock(mutex);
    ++tokens[info.auth_token.value_or("none")];
    return mock::ConnectOk();
  };
  socket.channels.push_back({"*", mock::ChannelBuilder().Build()});
  mock::ServerOptions options;
  options.sockets = {std::move(socket)};
  const mock::Server server(std::move(options));
  WriteFile("tokens.csv", "token\nsecret-1\nsecret-2\n");
  const std::string scenario = WriteFile("tokens.json", R"({
    "users": [{"name": "a", "feed": "tokens.csv", "auth_token": "{token}"},
              {"name": "b", "auth_token": "same-for-all"},
              {"name": "c", "transport": "longpoll", "auth_token": "c-{user}"}]})");
  const JsonOutcome outcome =
      RunForJson({"--url=" + server.url(), "--scenario=" + scenario, "--connections=9", "--rate=0",
                  "--duration=20ms", "--warmup=0s", "--fail-if=joins < 100%"});
  EXPECT_EQ(outcome.exit_code, kExitPassed) << outcome.summary["reasons"];
  const std::lock_guard lock(mutex);
  EXPECT_EQ(tokens, (std::map<std::string, int>{{"secret-1", 2},
                                                {"secret-2", 1},
                                                {"same-for-all", 3},
                                                {"c-1", 1},
                                                {"c-2", 1},
                                                {"c-3", 1}}));
  EXPECT_THAT(outcome.summary.dump(), Not(AnyOf(HasSubstr("secret"), HasSubstr("same-for-all"))));
}

TEST(ApplicationTest, TheFramesOfOneConnectionCanBeSeen) {
  const ApplicationRun outcome =
      RunWith({"--embedded", "--connections=3", "--debug-frames=2", "--rate=30", "--duration=200ms",
               "--warmup=0s", R"(--join-params={"token":"hunter2"})", kAnyRate, "--quiet"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_THAT(outcome.err, HasSubstr(R"("room:2:1","phx_join",(19 bytes, not shown)])"));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(" s -> ["), HasSubstr(R"("room:2:1","echo",{"data":)")));
  EXPECT_THAT(outcome.err, AllOf(HasSubstr(" s <- ["), HasSubstr(R"("room:2:1","phx_reply",{)")));
  EXPECT_THAT(outcome.err, Not(AnyOf(HasSubstr("room:1:1"), HasSubstr("hunter2"))));
}

TEST(ApplicationTest, ScriptsArePlayedByEachUserAtItsOwnPace) {
  const std::string scenario = WriteFile("script.json", R"({
    "connections": 6, "duration": "400ms", "warmup": "0s",
    "users": [{"name": "guest", "steps": [{"think": "10ms..30ms"}, {"push": "hi"},
               {"cast": "typing"}, "leave", {"think": "5ms"}, "join"]}]})");
  const JsonOutcome outcome = RunForJson({"--embedded", "--scenario=" + scenario, "--threads=2"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& run = outcome.summary;
  const std::uint64_t sent = run["counts"]["pushes"]["sent"];
  const std::uint64_t replies = run["counts"]["pushes"]["replies"];
  EXPECT_GE(replies, 6);  // each user at least one, however busy the machine is
  EXPECT_GE(sent, 2 * replies - 6);
  EXPECT_LE(sent, 2 * replies);
  EXPECT_GE(run["latency_ns"]["leave"]["count"], 1);
  EXPECT_GT(run["latency_ns"]["join"]["count"], 6);
  EXPECT_EQ(run["counts"]["churn"]["after_leave"], 0);
  EXPECT_THAT(run["errors"], IsEmpty());
}

TEST(ApplicationTest, PresencesAreSeenByTheOthers) {
  const JsonOutcome outcome =
      RunForJson({"--embedded", "--workload=presence", "--connections=5", "--rate=50",
                  "--duration=300ms", "--warmup=0s", "--threads=2"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  const Json& run = outcome.summary;
  EXPECT_GT(run["counts"]["pushes"]["replies"], 0);
  EXPECT_GT(run["counts"]["presences"]["seen"], run["counts"]["pushes"]["replies"]);
  EXPECT_EQ(run["latency_ns"]["presence"]["count"], run["counts"]["presences"]["seen"]);
  EXPECT_LT(run["latency_ns"]["presence"]["max"], 10'000'000'000);
  EXPECT_EQ(run["counts"]["churn"]["after_leave"], 0);
}

TEST(ApplicationTest, LongPollingCarriesTheSameLoad) {
  const JsonOutcome outcome = RunForJson({"--embedded", "--transport=longpoll", "--connections=5",
                                          "--rate=100", "--duration=300ms", "--warmup=0s"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_EQ(outcome.summary["counts"]["pushes"]["replies"], 30);
  EXPECT_EQ(outcome.summary["latency_ns"]["connect"]["count"], 5);
}

TEST(ApplicationTest, MistakesOfAScenarioAreReportedBeforeAnythingOpens) {
  const std::string scenario = WriteFile("wrong.json", R"({
    "users": [{"name": "a", "topic": "room:{romo}", "paylod": 1}, {"name": "b"}]})");
  const ApplicationRun fields =
      RunWith({"--embedded", "--connections=2", "--scenario=" + scenario});
  EXPECT_EQ(fields.exit_code, kExitUsage);
  EXPECT_THAT(fields.err, HasSubstr("wrong.json:2:53: /users/0/paylod: there is no such field"));
  const std::string meaning = WriteFile("meaning.json", R"({"connections": 0,
    "fail_if": ["errors > 1", "error > 1"],
    "users": [{"name": "a", "topic": "room:{romo}"}]})");
  const ApplicationRun values = RunWith({"--embedded", "--scenario=" + meaning});
  EXPECT_EQ(values.exit_code, kExitUsage);
  EXPECT_THAT(values.err, HasSubstr("meaning.json:1:2: /connections: 0 is out of range"));
  EXPECT_THAT(values.err, HasSubstr("meaning.json:2:31: /fail_if/1: not a condition:"));
  EXPECT_THAT(values.err, HasSubstr("meaning.json:3:29: /users/0/topic: \"room:{romo}\" has an"));
  const ApplicationRun flag = RunWith({"--embedded", "--connections=0", "--scenario=" + meaning});
  EXPECT_THAT(flag.err, HasSubstr("loadgen: --connections: 0 is out of range"));
  const ApplicationRun missing = RunWith({"--embedded", "--scenario=/there/is/none.json"});
  EXPECT_EQ(missing.exit_code, kExitUsage);
  EXPECT_THAT(missing.err, HasSubstr("/there/is/none.json"));
  const ApplicationRun unknown = RunWith({"--embedded", "--fail-if=chater.reply.p99 > 5ms"});
  EXPECT_THAT(unknown.err, HasSubstr("there are no users \"chater\""));
}

TEST(ApplicationTest, HelpIsPrintedAndNothingElseDone) {
  const ApplicationRun outcome = RunWith({"--help"});
  EXPECT_EQ(outcome.exit_code, kExitPassed);
  EXPECT_THAT(outcome.out, HasSubstr("Examples:"));
  EXPECT_THAT(outcome.err, IsEmpty());
}

TEST(ApplicationTest, BadFlagsAreReportedBeforeAnythingOpens) {
  const ApplicationRun unknown = RunWith({"--embeded"});
  EXPECT_EQ(unknown.exit_code, kExitUsage);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean --embedded?"));
  const ApplicationRun invalid = RunWith({"--embedded", "--connections=0"});
  EXPECT_EQ(invalid.exit_code, kExitUsage);
  EXPECT_THAT(invalid.err, HasSubstr("--connections: 0 is out of range"));
  EXPECT_THAT(invalid.out, IsEmpty());
}

TEST(ApplicationTest, TooFewDescriptorsAreReportedBeforeAnythingOpens) {
  const ApplicationRun outcome = RunWith({"--embedded", "--connections=1000000"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("1,000,000 connections need 2,000,"));
}

TEST(ApplicationTest, AFileThatCannotBeWrittenIsReportedBeforeAnythingOpens) {
  const ApplicationRun outcome = RunWith({"--embedded", "--json=/nowhere/summary.json"});
  EXPECT_EQ(outcome.exit_code, kExitUsage);
  EXPECT_THAT(outcome.err, HasSubstr("--json: cannot write /nowhere/summary.json"));
}

}  // namespace
}  // namespace phx::loadgen
