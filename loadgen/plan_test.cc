#include "loadgen/plan.h"

#include <algorithm>
#include <functional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kCores = 4;

Settings Embedded() { return {.embedded = true}; }

Plan PlanOf(const Settings& settings, std::uint64_t cores = kCores) {
  const auto plan = MakePlan(settings, cores);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *plan : Plan{};
}

std::string MistakesOf(const Settings& settings) {
  const auto plan = MakePlan(settings, kCores);
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(plan.status().message());
}

TEST(PlanTest, DefaultsMakeAPlanForTheEmbeddedServer) {
  const Plan plan = PlanOf(Embedded());
  EXPECT_TRUE(plan.embedded);
  EXPECT_EQ(plan.connections, 1);
  EXPECT_EQ(plan.event, "echo");
  EXPECT_EQ(plan.duration, Duration(seconds(10)));
  EXPECT_TRUE(plan.verify_tls);
}

TEST(PlanTest, AConditionTakesThePlaceOfTheDefaultAboutTheSameFigure) {
  const auto texts = [](const Settings& settings) {
    std::vector<std::string> list;
    for (const Threshold& threshold : PlanOf(settings).fail_if) list.push_back(threshold.text);
    return list;
  };
  Settings settings = Embedded();
  EXPECT_THAT(texts(settings), ElementsAre("errors > 0", "achieved < 95%"));
  settings.fail_if = {"errors > 1%", "reply.p99 > 5ms"};
  EXPECT_THAT(texts(settings), ElementsAre("errors > 1%", "reply.p99 > 5ms", "achieved < 95%"));
}

TEST(PlanTest, BroadcastsShareTheirTopicsAndHaveRoomForAStamp) {
  Settings settings = Embedded();
  settings.workload = "broadcast";
  settings.connections = 10;
  settings.publishers = 0.25;
  settings.payload_size = {11};
  const Plan plan = PlanOf(settings);
  EXPECT_FALSE(plan.topic.has_connection());
  EXPECT_EQ(plan.publishers, 3);
  EXPECT_EQ(plan.payload_size, 102);
  EXPECT_THAT(plan.fail_if.back().text, "reordered > 0");
}

TEST(PlanTest, PayloadHasExactlyTheSizeAskedFor) {
  for (const std::uint64_t size : {kMinPayloadSize, std::uint64_t{64}, std::uint64_t{1024}}) {
    Settings settings = Embedded();
    settings.payload_size = {size};
    const Plan plan = PlanOf(settings);
    EXPECT_EQ(plan.payload.size(), size);
    EXPECT_TRUE(nlohmann::json::parse(plan.payload).is_object());
  }
}

TEST(PlanTest, PayloadGivenAsTextIsTakenAsItStands) {
  Settings settings = Embedded();
  settings.payload = R"({ "body": "hi" })";
  EXPECT_EQ(PlanOf(settings).payload, settings.payload);
}

TEST(PlanTest, ReadsParams) {
  Settings settings = Embedded();
  settings.params = R"({"token":"t"})";
  settings.join_params = R"({"since":7})";
  const Plan plan = PlanOf(settings);
  EXPECT_EQ(plan.params, nlohmann::json({{"token", "t"}}));
  EXPECT_EQ(plan.join_params, nlohmann::json({{"since", 7}}));
}

TEST(PlanTest, EmbeddedServerAndGeneratorShareTheCores) {
  Settings settings = Embedded();
  settings.connections = 1000;
  EXPECT_EQ(PlanOf(settings, 8).server_threads, 4);
  EXPECT_EQ(PlanOf(settings, 8).threads, 4);
  EXPECT_EQ(PlanOf(settings, 1).server_threads, 1);
  EXPECT_EQ(PlanOf(settings, 1).threads, 1);
  EXPECT_EQ(PlanOf(settings, 0).threads, 1);
  settings.server_threads = 6;
  EXPECT_EQ(PlanOf(settings, 8).threads, 2);
  settings.threads = 3;
  EXPECT_EQ(PlanOf(settings, 8).threads, 3);
}

TEST(PlanTest, GeneratorTakesAllCoresForAServerElsewhere) {
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 100}, 8).threads, 8);
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 100}, 8).server_threads, 0);
}

TEST(PlanTest, ThreadsAreNotMoreThanConnections) {
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 3}, 8).threads, 3);
}

TEST(PlanTest, PhasesSayHowLongAndHowMuch) {
  Settings settings = Embedded();
  settings.phases = "ramp 0..100 10s, hold 30s";
  const Plan plan = PlanOf(settings, 1);
  EXPECT_EQ(plan.phases.size(), 2);
  EXPECT_EQ(plan.duration, seconds(40));
  EXPECT_EQ(plan.rate, 87.5);
}

TEST(PlanTest, ReportsAllMistakesAtOnce) {
  const std::string mistakes = MistakesOf({.connections = 0, .duration = seconds(0)});
  EXPECT_EQ(std::count(mistakes.begin(), mistakes.end(), '\n'), 2) << mistakes;
}

TEST(PlanTest, NeverRepeatsParamsWhichMayBeSecret) {
  Settings settings = Embedded();
  settings.params = "hunter2";
  EXPECT_THAT(MistakesOf(settings), Not(HasSubstr("hunter2")));
}

// Each mistake has a message that names the flag, and says what to do.
struct Mistake {
  const char* name;
  std::function<void(Settings&)> make;
  const char* message;
};

class PlanMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(PlanMistakeTest, IsSaid) {
  Settings settings = Embedded();
  GetParam().make(settings);
  EXPECT_THAT(MistakesOf(settings), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Every, PlanMistakeTest,
    ::testing::Values(
        Mistake{"NoServer", [](Settings& s) { s.embedded = false; },
                "there is no server to load; give --url="},
        Mistake{"RestartOfSomebodyElse",
                [](Settings& s) {
                  s = {.urls = {"ws://h/socket"}, .restart_after = std::chrono::seconds(1)};
                },
                "--restart-after restarts the embedded server"},
        Mistake{"RestartAfterTheEnd",
                [](Settings& s) { s.restart_after = std::chrono::seconds(10); }, "is too late"},
        Mistake{"BadLocalAddress", [](Settings& s) { s.local_addresses = {"127.0.0.2", "here"}; },
                "--local-address: \"here\" has \"here\", which is no IP address"},
        Mistake{"NoServerPorts", [](Settings& s) { s.server_ports = 0; },
                "--server-ports: 0 is out of range"},
        Mistake{"PortsOfSomebodyElse",
                [](Settings& s) {
                  s = {.urls = {"ws://h/socket"}, .server_ports = 2};
                },
                "give --url more than once"},
        Mistake{"BroadcastsBetweenServers",
                [](Settings& s) {
                  s.server_ports = 2;
                  s.workload = "broadcast";
                },
                "broadcasts stay on their server"},
        Mistake{"BadPhases", [](Settings& s) { s.phases = "hold 10 soon"; },
                "--phases: not understood:\nhold 10 soon\n        ^ the length"},
        Mistake{"PhasesAndRate",
                [](Settings& s) {
                  s.phases = "hold 10 5s";
                  s.given = {{"rate", "7"}};
                },
                "--rate: the --phases say that"},
        Mistake{"PhasesOfTheClosedModel",
                [](Settings& s) {
                  s.phases = "hold 10 5s";
                  s.model = "closed";
                  s.in_flight = 3;
                },
                "--phases are of rates"},
        Mistake{"PhasesWithoutPushes", [](Settings& s) { s.phases = "hold 0 5s"; },
                "--phases: push nothing"},
        Mistake{"TwoServers", [](Settings& s) { s.urls = {"ws://h/socket"}; },
                "--url and --embedded name two servers; give one"},
        Mistake{"BadUrl",
                [](Settings& s) {
                  s.embedded = false;
                  s.urls = {"ftp://h/socket"};
                },
                "write it as in ws://localhost:4000/socket"},
        Mistake{"ServerThreadsWithoutServer",
                [](Settings& s) { s = {.urls = {"ws://h/socket"}, .server_threads = 2}; },
                "--server-threads is for the embedded server"},
        Mistake{"TooManyServerThreads", [](Settings& s) { s.server_threads = 5000; },
                "--server-threads: 5000 is too many"},
        Mistake{"NoConnections", [](Settings& s) { s.connections = 0; },
                "--connections: 0 is out of range; give 1 to 1000000"},
        Mistake{"TooManyConnections", [](Settings& s) { s.connections = 1000001; },
                "--connections: 1000001 is out of range"},
        Mistake{"TooManyChannels", [](Settings& s) { s.channels = 100001; },
                "--channels: 100001 is out of range; give 0 to 100000"},
        Mistake{"ConnectRateTooHigh", [](Settings& s) { s.connect_rate = 1e9; },
                "--connect-rate: 1e+09 is out of range"},
        Mistake{"NothingMayConnect", [](Settings& s) { s.max_connecting = 0; },
                "--max-connecting: 0 would never connect"},
        Mistake{"NoTimeToConnect", [](Settings& s) { s.connect_timeout = {}; },
                "--connect-timeout: 0 leaves no time"},
        Mistake{"UnknownPlaceholder", [](Settings& s) { s.topic = "room:{user}"; },
                "--topic: \"room:{user}\" has an unknown placeholder {user}; write {connection}"},
        Mistake{"SameTopicTwice",
                [](Settings& s) {
                  s.topic = "room:1";
                  s.channels = 2;
                },
                "gives all 2 channels of a connection the same topic; write {channel}"},
        Mistake{"TopicTooLong", [](Settings& s) { s.topic = std::string(256, 'x'); },
                "--topic: gives topics of 256 bytes; shorten it"},
        Mistake{"RateTooHigh", [](Settings& s) { s.rate = 1e8; },
                "--rate: 1e+08 is out of range; at most 1e+07"},
        Mistake{"NothingToPushTo", [](Settings& s) { s.channels = 0; },
                "--channels=0 leaves nothing to push to; give --rate=0"},
        Mistake{"NoEvent", [](Settings& s) { s.event = ""; },
                "--event: has 0 bytes; give 1 to 255"},
        Mistake{"EventTooLong", [](Settings& s) { s.event = std::string(256, 'e'); },
                "--event: has 256 bytes"},
        Mistake{"ProtocolsEvent", [](Settings& s) { s.event = "phx_leave"; },
                "--event: \"phx_leave\" belongs to the protocol"},
        Mistake{"NoTimeToReply", [](Settings& s) { s.timeout = {}; },
                "--timeout: 0 leaves no time"},
        Mistake{"PayloadTooSmall", [](Settings& s) { s.payload_size = {10}; },
                "--payload-size: 10 is out of range; give 11 to 16MiB"},
        Mistake{"PayloadTooLarge", [](Settings& s) { s.payload_size = {(16 << 20) + 1}; },
                "--payload-size: 16777217 is out of range"},
        Mistake{"PayloadNotJson", [](Settings& s) { s.payload = "{body"; },
                "--payload: is not JSON"},
        Mistake{"ParamsNotAnObject", [](Settings& s) { s.params = "[1]"; },
                "--params: is not a JSON object"},
        Mistake{"JoinParamsNotJson", [](Settings& s) { s.join_params = "{"; },
                "--join-params: is not a JSON object"},
        Mistake{"NoDuration", [](Settings& s) { s.duration = {}; },
                "--duration: 0 measures nothing"},
        Mistake{"TooManyThreads", [](Settings& s) { s.threads = 1025; },
                "--threads: 1025 is too many; at most 1024"},
        Mistake{"FailIfWithoutUnit", [](Settings& s) { s.fail_if = {"join.p99 > 5"}; },
                "--fail-if: not a condition:\njoin.p99 > 5\n           ^ a duration"},
        Mistake{"AbortIfOfNothing", [](Settings& s) { s.abort_if = {"error > 5"}; },
                "--abort-if: not a condition:\nerror > 5\n^ is no figure"},
        Mistake{"UnknownWorkload", [](Settings& s) { s.workload = "ping"; }, "--workload: \"ping\" is none; give reply"},
        Mistake{"NoPublishers", [](Settings& s) { s.publishers = 0; }, "--publishers: 0 is no share"},
        Mistake{"BroadcastOfAPayload", [](Settings& s) { s.workload = "broadcast"; s.payload = "{}"; }, "--payload: a broadcast carries a stamp"},
        Mistake{"BinaryJson", [](Settings& s) { s.binary = true; s.payload = "{}"; }, "--payload is JSON, and --binary is not"},
        Mistake{"UnknownModel", [](Settings& s) { s.model = "ajar"; }, "--model: \"ajar\" is none"},
        Mistake{"ClosedByHowMany", [](Settings& s) { s.model = "closed"; }, "say how many with --in-flight=N"},
        Mistake{"InFlightOfTheOpenModel", [](Settings& s) { s.in_flight = 1; }, "--in-flight is for --model=closed"},
        Mistake{"ClosedCasts", [](Settings& s) { s.model = "closed"; s.in_flight = 1; s.workload = "cast"; }, "waits for replies, and --workload=cast has none"},
        Mistake{"NoPort", [](Settings& s) { s.prometheus = 65536; }, "--prometheus: 65536 is no port"},
        Mistake{"IntervalOfNothing", [](Settings& s) { s.interval = Duration::zero(); },
                "--interval: 0 is too short; give at least 10ms"}),
    [](const ::testing::TestParamInfo<Mistake>& mistake) {
      return std::string(mistake.param.name);
    });

}  // namespace
}  // namespace phx::loadgen
