#include "loadgen/make_plan.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/json_places.h"
#include "loadgen/make_payload_template.h"
#include "loadgen/setting_place.h"
#include "loadgen/settings.h"
#include "loadgen/user_kind.h"
#include "nlohmann/json.hpp"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kCores = 4;

Settings Embedded() { return {.embedded = true}; }

Plan PlanOf(const Settings& settings, std::uint64_t cores = kCores) {
  const auto plan = MakePlan(settings, cores);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return plan.ok() ? *plan : Plan{};
}

UserKind KindOf(const Settings& settings) { return PlanOf(settings).kinds.at(0); }

std::string MistakesOf(const Settings& settings) {
  const auto plan = MakePlan(settings, kCores);
  EXPECT_EQ(plan.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(plan.status().message());
}

TEST(MakePlanTest, TheRateOfAMomentIsThatOfItsPhase) {
  Settings settings;
  settings.urls = {"ws://localhost:4000/socket"};
  settings.warmup = std::chrono::seconds(2);
  settings.phases = "ramp 100..300 10s";
  const Plan plan = *MakePlan(settings, 4);
  EXPECT_EQ(plan.own_rate_at(std::chrono::seconds(1)), 100);
  EXPECT_EQ(plan.own_rate_at(std::chrono::seconds(7)), 200);
  Settings constant = settings;
  constant.phases.clear();
  constant.rate = 70;
  EXPECT_EQ(MakePlan(constant, 4)->own_rate_at(std::chrono::seconds(7)), 70);
}

TEST(MakePlanTest, DefaultsMakeAPlanForTheEmbeddedServer) {
  const Plan plan = PlanOf(Embedded());
  EXPECT_TRUE(plan.embedded);
  EXPECT_EQ(plan.connections, 1);
  EXPECT_EQ(plan.kinds.at(0).event, "echo");
  EXPECT_EQ(plan.duration, Duration(seconds(10)));
  EXPECT_TRUE(plan.verify_tls);
}

TEST(MakePlanTest, AConditionTakesThePlaceOfTheDefaultAboutTheSameFigure) {
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

TEST(MakePlanTest, BroadcastsShareTheirTopicsAndHaveRoomForAStamp) {
  Settings settings = Embedded();
  settings.user.workload = "broadcast";
  settings.connections = 10;
  settings.user.publishers = 0.25;
  settings.user.payload_size = {{11}, {11}};
  const Plan plan = PlanOf(settings);
  const UserKind& kind = plan.kinds.front();
  EXPECT_EQ(kind.topic.Expand({.connection = 9, .channel = 2}), "room:2");
  EXPECT_EQ(kind.publishers, 3);
  EXPECT_EQ(kind.payload.size, (SizeRange{{102}, {102}}));
  EXPECT_THAT(kind.hears, ElementsAre("echo"));
  EXPECT_THAT(plan.fail_if.back().text, "reordered > 0");
}

TEST(MakePlanTest, PayloadHasExactlyTheSizeAskedFor) {
  for (const std::uint64_t size : {kMinPayloadSize, std::uint64_t{64}, std::uint64_t{1024}}) {
    Settings settings = Embedded();
    settings.user.payload_size = {{size}, {size}};
    const std::string payload(KindOf(settings).payload.text.constant());
    EXPECT_EQ(payload.size(), size);
    EXPECT_TRUE(nlohmann::json::parse(payload).is_object());
  }
}

TEST(MakePlanTest, PayloadGivenAsTextIsTakenAsItStands) {
  Settings settings = Embedded();
  settings.user.payload.text = R"({ "body": "hi" })";
  EXPECT_EQ(KindOf(settings).payload.text.constant(), settings.user.payload.text);
}

TEST(MakePlanTest, ReadsParams) {
  Settings settings = Embedded();
  settings.user.params.text = R"({"token":"t"})";
  settings.user.join_params.text = R"({"since":7})";
  const UserKind kind = KindOf(settings);
  EXPECT_EQ(kind.params.constant(), R"({"token":"t"})");
  EXPECT_EQ(kind.join_params.constant(), R"({"since":7})");
}

TEST(MakePlanTest, EmbeddedServerAndGeneratorShareTheCores) {
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

TEST(MakePlanTest, GeneratorTakesAllCoresForAServerElsewhere) {
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 100}, 8).threads, 8);
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 100}, 8).server_threads, 0);
}

TEST(MakePlanTest, ThreadsAreNotMoreThanConnections) {
  EXPECT_EQ(PlanOf({.urls = {"ws://h/socket"}, .connections = 3}, 8).threads, 3);
}

TEST(MakePlanTest, AShardHasItsPartOfTheRun) {
  Settings settings = Embedded();
  settings.connections = 10;
  settings.rate = 100;
  settings.threads = 8;
  settings.start_at = "2000000000";
  settings.shard = "1/4";
  const Plan first = PlanOf(settings);
  EXPECT_EQ(first.connections, 10);
  EXPECT_EQ(first.own_connections(), 3);
  EXPECT_EQ(first.own_rate(), 30);
  EXPECT_EQ(first.threads, 3);
  settings.shard = "4/4";
  const Plan last = PlanOf(settings);
  EXPECT_EQ(last.own_connections(), 2);
  EXPECT_EQ(last.own_rate(), 20);
  // By which each knows the broadcasts of the other.
  ASSERT_TRUE(first.run.has_value());
  EXPECT_EQ(first.run, last.run);
}

TEST(MakePlanTest, AShardHasItsPartOfThePublishers) {
  Settings settings = {.urls = {"ws://h/socket"}};
  settings.user.workload = "broadcast";
  settings.connections = 10;
  settings.user.publishers = 0.2;
  settings.rate = 100;
  settings.start_at = "2000000000";
  settings.shard = "2/3";
  EXPECT_EQ(PlanOf(settings).own_rate(), 50);
  settings.shard = "3/3";
  EXPECT_EQ(PlanOf(settings).own_rate(), 0);
}

TEST(MakePlanTest, AShardHasItsPartOfEachKindOfUsers) {
  Settings settings = {.urls = {"ws://h/socket"}};
  settings.connections = 10;
  settings.rate = 100;
  settings.start_at = "2000000000";
  settings.kinds = {{.name = "few", .weight = 3, .channels = 2},
                    {.name = "many", .weight = 6},
                    {.name = "one", .weight = 1, .workload = "idle"}};
  std::vector<std::vector<std::uint64_t>> connections;
  std::uint64_t joins = 0;
  double rate = 0;
  for (int i = 1; i <= 4; ++i) {
    settings.shard = absl::StrCat(i, "/4");
    const Plan plan = PlanOf(settings);
    connections.emplace_back();
    for (const UserKind& kind : plan.kinds) {
      connections.back().push_back(plan.own_connections(kind));
      rate += plan.own_rate(kind);
    }
    joins += plan.own_joins();
  }
  // Of 1 to 3, 4 to 9 and 10 each fourth.
  EXPECT_THAT(connections, ElementsAre(ElementsAre(1, 2, 0), ElementsAre(1, 1, 1),
                                       ElementsAre(1, 1, 0), ElementsAre(0, 2, 0)));
  EXPECT_EQ(joins, 13);
  EXPECT_NEAR(rate, 100, 1e-9);
}

TEST(MakePlanTest, PhasesSayHowLongAndHowMuch) {
  Settings settings = Embedded();
  settings.phases = "ramp 0..100 10s, hold 30s";
  const Plan plan = PlanOf(settings, 1);
  EXPECT_EQ(plan.phases.size(), 2);
  EXPECT_EQ(plan.duration, seconds(40));
  EXPECT_EQ(plan.rate, 87.5);
}

TEST(MakePlanTest, ReportsAllMistakesAtOnce) {
  const std::string mistakes = MistakesOf({.connections = 0, .duration = seconds(0)});
  EXPECT_EQ(std::count(mistakes.begin(), mistakes.end(), '\n'), 2) << mistakes;
}

TEST(MakePlanTest, NeverRepeatsParamsWhichMayBeSecret) {
  Settings settings = Embedded();
  settings.user.params.text = "hunter2";
  settings.user.auth_token = "hunter2{data}";
  EXPECT_THAT(MistakesOf(settings), Not(HasSubstr("hunter2")));
}

Settings TwoKinds(std::uint64_t connections, double weight) {
  Settings settings = Embedded();
  settings.connections = connections;
  settings.kinds.resize(2);
  settings.kinds[0].name = "few";
  const auto scenario = std::make_shared<JsonPlaces>(
      R"({"users": [{"name": "few", "topic": "", "payload_size": ""}]})", "chat.json");
  settings.kinds[0].place = SettingPlace(scenario, {}).Inside("/users/0");
  settings.kinds[1].name = "many";
  settings.kinds[1].weight = weight;
  return settings;
}

TEST(MakePlanTest, KindsOfUsersShareConnectionsAndRateByTheirWeights) {
  Settings settings = TwoKinds(1000, 9);
  settings.kinds[0].rate_weight = 9;
  const Plan plan = PlanOf(settings);
  EXPECT_EQ(plan.kinds[0].connections, 100);
  EXPECT_EQ(plan.kinds[1].connections, 900);
  EXPECT_EQ(plan.kinds[1].first, 100);
  EXPECT_EQ(plan.kinds[0].rate_share, 0.5);
  EXPECT_EQ(plan.kinds[1].rate_share, 0.5);
  EXPECT_EQ(plan.own_joins(), 1000);
}

TEST(MakePlanTest, EachKindHasOneConnectionAtLeast) {
  const Plan plan = PlanOf(TwoKinds(3, 1000));
  EXPECT_EQ(plan.kinds[0].connections, 1);
  EXPECT_EQ(plan.kinds[1].connections, 2);
  EXPECT_THAT(MistakesOf(TwoKinds(1, 1)), HasSubstr("1 are too few for 2 kinds of users"));
}

TEST(MakePlanTest, IdleUsersHaveNoPartOfTheRateAndHearTheBroadcastsOfOthers) {
  Settings settings = TwoKinds(10, 4);
  settings.kinds[0].workload = "broadcast";
  settings.kinds[0].event = "shout";
  settings.kinds[1].workload = "idle";
  const Plan plan = PlanOf(settings);
  EXPECT_EQ(plan.kinds[0].rate_share, 1);
  EXPECT_EQ(plan.kinds[1].rate_share, 0);
  EXPECT_THAT(plan.kinds[1].hears, ElementsAre("shout"));
  settings.kinds[1].workload = "churn";  // it would miss what comes while it is away
  EXPECT_TRUE(PlanOf(settings).kinds[1].hears.empty());
}

TEST(MakePlanTest, PresencesCarryAStampAndAllLookOutForThem) {
  Settings settings = TwoKinds(10, 4);
  settings.kinds[0].workload = "presence";
  settings.kinds[1].workload = "idle";
  const Plan plan = PlanOf(settings);
  EXPECT_EQ(plan.kinds[0].topic.Expand({.channel = 1}), "presence:1");
  EXPECT_EQ(plan.kinds[0].join_params.Expand({.connection = 3, .data = "S"}),
            R"({"user":"user-3","meta":{"stamp":"S"}})");
  EXPECT_TRUE(plan.kinds[1].sees_presences);
  settings.kinds[0].join_params.text = R"({"user":"me"})";
  EXPECT_THAT(MistakesOf(settings), HasSubstr("/users/0/join_params: a presence carries a stamp"));
}

TEST(MakePlanTest, ScriptsHaveNoPartOfTheRateAndAreALoadAllTheSame) {
  Settings settings = TwoKinds(10, 4);
  settings.rate = 0;
  settings.kinds[0].steps.text = R"(["leave", {"think": "1s"}, "join"])";
  settings.kinds[1].workload = "idle";
  const Plan plan = PlanOf(settings);
  EXPECT_TRUE(plan.has_load());
  EXPECT_TRUE(plan.leaves());
  EXPECT_EQ(plan.kinds[0].rate_share, 0);
  settings.kinds[0].channels = 0;
  EXPECT_THAT(MistakesOf(settings), HasSubstr("/users/0/channels: 0 leaves the steps nothing"));
}

TEST(MakePlanTest, ConditionsAboutUsersThatThereAreNotAreMistakes) {
  Settings settings = TwoKinds(10, 4);
  settings.fail_if = {"few.joins < 1", "fwe.joins < 1"};
  EXPECT_THAT(MistakesOf(settings),
              HasSubstr("\"fwe.joins < 1\": there are no users \"fwe\"; there are few, many"));
}

TEST(MakePlanTest, MistakesOfAScenarioNameTheirPlace) {
  Settings settings = TwoKinds(10, 1);
  settings.kinds[0].topic = "room:{romo}";
  settings.kinds[0].payload_size = {{1}, {2}};
  EXPECT_THAT(MistakesOf(settings),
              AllOf(HasSubstr("chat.json:1:28: /users/0/topic: \"room:{romo}\" has an unknown"),
                    HasSubstr("chat.json:1:41: /users/0/payload_size: 1..2 is out of range")));
}

// Each mistake has a message that names the flag, and says what to do.
struct Mistake {
  const char* name;
  std::function<void(Settings&)> make;
  const char* message;
};

class MakePlanMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(MakePlanMistakeTest, IsSaid) {
  Settings settings = Embedded();
  GetParam().make(settings);
  EXPECT_THAT(MistakesOf(settings), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Every, MakePlanMistakeTest,
    ::testing::Values(
        Mistake{"NoServer", [](Settings& s) { s.embedded = false; },
                "there is no server to load; give --url="},
        Mistake{"RestartOfSomebodyElse",
                [](Settings& s) {
                  s = {.urls = {"ws://h/socket"}, .restart_after = std::chrono::seconds(1)};
                },
                "--restart-after: is for the embedded server"},
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
                  s.user.workload = "broadcast";
                },
                "broadcasts stay on their server"},
        Mistake{"BadShard", [](Settings& s) { s.shard = "9/8"; },
                "--shard: \"9/8\" is out of range"},
        Mistake{"ShardsWithoutAStart", [](Settings& s) { s = {.connections = 8, .shard = "1/8"}; },
                "say when with --start-at=TIME, the same for all"},
        Mistake{"BadStart", [](Settings& s) { s.start_at = "noon"; },
                "--start-at: \"noon\" is no time"},
        Mistake{"FewerConnectionsThanShards",
                [](Settings& s) {
                  s.shard = "1/8";
                  s.connections = 7;
                },
                "--connections: 7 cannot be shared by 8 shards; give 8 or more"},
        Mistake{"FewerInFlightThanShards",
                [](Settings& s) {
                  s.shard = "1/8";
                  s.model = "closed";
                  s.in_flight = 3;
                },
                "--in-flight: 3 cannot be shared by 8 shards"},
        Mistake{"BroadcastsBetweenEmbeddedServers",
                [](Settings& s) {
                  s.shard = "1/2";
                  s.user.workload = "broadcast";
                },
                "--embedded: gives each shard a server of its own"},
        Mistake{"PresencesBetweenEmbeddedServers",
                [](Settings& s) {
                  s.shard = "1/2";
                  s.user.workload = "presence";
                },
                "broadcasts and presences stay on their server; give --url"},
        Mistake{"BadPhases", [](Settings& s) { s.phases = "hold 10 soon"; },
                "--phases: not understood:\nhold 10 soon\n        ^ the length"},
        Mistake{"PhasesAndRate",
                [](Settings& s) {
                  s.phases = "hold 10 5s";
                  s.given = {{"rate", "7"}};
                },
                "--rate: the phases say that"},
        Mistake{"PhasesOfTheClosedModel",
                [](Settings& s) {
                  s.phases = "hold 10 5s";
                  s.model = "closed";
                  s.in_flight = 3;
                },
                "--phases: are of rates"},
        Mistake{"PhasesWithoutPushes", [](Settings& s) { s.phases = "hold 0 5s"; },
                "--phases: push nothing"},
        Mistake{"TwoServers", [](Settings& s) { s.urls = {"ws://h/socket"}; },
                "--url: --embedded is a server already; give one"},
        Mistake{"BadUrl",
                [](Settings& s) {
                  s.embedded = false;
                  s.urls = {"ftp://h/socket"};
                },
                "write it as in ws://localhost:4000/socket"},
        Mistake{"ServerThreadsWithoutServer",
                [](Settings& s) { s = {.urls = {"ws://h/socket"}, .server_threads = 2}; },
                "--server-threads: is for the embedded server"},
        Mistake{"TooManyServerThreads", [](Settings& s) { s.server_threads = 5000; },
                "--server-threads: 5000 is too many"},
        Mistake{"SlowLongPolling",
                [](Settings& s) {
                  s.user.transport = "longpoll";
                  s.user.read_rate = {1024};
                },
                "--read-rate: is for WebSockets"},
        Mistake{"LabelWithoutValue", [](Settings& s) { s.labels = {"a=1", "commit"}; },
                "--label: \"commit\" is none; write it as in commit=1f3a"},
        Mistake{"LabelWithoutKey", [](Settings& s) { s.labels = {"=1f3a"}; },
                "--label: \"=1f3a\" is none"},
        Mistake{"WeightBeyondSums",
                [](Settings& s) {
                  s.connections = 2;
                  s.kinds = {{.name = "a", .weight = 1e308}, {.name = "b", .weight = 1e308}};
                },
                "weight: 1e+308 is out of range; at most 1000000"},
        Mistake{"RateWeightBeyondSums",
                [](Settings& s) {
                  s.connections = 2;
                  s.kinds = {{.name = "a", .rate_weight = 1e308}, {.name = "b"}};
                },
                "rate-weight: 1e+308 is out of range; at most 1000000"},
        Mistake{"ARateOfNobody",
                [](Settings& s) {
                  s.connections = 2;
                  s.kinds = {{.name = "a", .rate_weight = 0}, {.name = "b", .workload = "idle"}};
                },
                "--rate: is shared by users whose rate_weight is 0"},
        Mistake{"SameLabelTwice", [](Settings& s) { s.labels = {"a=1", "b=1", "a=2"}; },
                "--label: \"a=2\": there is a \"a\" already"},
        Mistake{"NoConnections", [](Settings& s) { s.connections = 0; },
                "--connections: 0 is out of range; give 1 to 1000000"},
        Mistake{"TooManyConnections", [](Settings& s) { s.connections = 1000001; },
                "--connections: 1000001 is out of range"},
        Mistake{"TooManyChannels", [](Settings& s) { s.user.channels = 100001; },
                "--channels: 100001 is out of range; give 0 to 100000"},
        Mistake{"ConnectRateTooHigh", [](Settings& s) { s.connect_rate = 1e9; },
                "--connect-rate: 1000000000 is out of range"},
        Mistake{"NothingMayConnect", [](Settings& s) { s.max_connecting = 0; },
                "--max-connecting: 0 would never connect"},
        Mistake{"NoTimeToConnect", [](Settings& s) { s.connect_timeout = {}; },
                "--connect-timeout: 0 leaves no time"},
        Mistake{"UnknownPlaceholder", [](Settings& s) { s.user.topic = "room:{usr}"; },
                "--topic: \"room:{usr}\" has an unknown placeholder {usr}; there are {connection}"},
        Mistake{"SameTopicTwice",
                [](Settings& s) {
                  s.user.topic = "room:1";
                  s.user.channels = 2;
                },
                "gives all 2 channels of a connection the same topic; write {channel}"},
        Mistake{"TopicTooLong", [](Settings& s) { s.user.topic = std::string(256, 'x'); },
                "--topic: gives topics of 256 bytes; make it 1 to 255"},
        Mistake{"RateTooHigh", [](Settings& s) { s.rate = 1e8; },
                "--rate: 100000000 is out of range; at most 10000000"},
        Mistake{"NothingToPushTo", [](Settings& s) { s.user.channels = 0; },
                "--channels: 0 leaves nothing to push to; give --rate=0"},
        Mistake{"NoEvent", [](Settings& s) { s.user.event = ""; },
                "--event: has 0 bytes; give 1 to 255"},
        Mistake{"EventTooLong", [](Settings& s) { s.user.event = std::string(256, 'e'); },
                "--event: has 256 bytes"},
        Mistake{"ProtocolsEvent", [](Settings& s) { s.user.event = "phx_leave"; },
                "--event: \"phx_leave\" belongs to the protocol"},
        Mistake{"NoTimeToReply", [](Settings& s) { s.timeout = {}; },
                "--timeout: 0 leaves no time"},
        Mistake{"PayloadTooSmall", [](Settings& s) { s.user.payload_size = {{10}, {10}}; },
                "--payload-size: 10 is out of range; give 11 to 16MiB"},
        Mistake{"PayloadTooLarge", [](Settings& s) { s.user.payload_size = {{64}, {(16 << 20) + 1}}; },
                "--payload-size: 64..16777217 is out of range"},
        Mistake{"FillingTooLarge",
                [](Settings& s) {
                  s.user.payload.text = R"({"body": "{data}"})";
                  s.user.payload_size = {{64}, {(16 << 20) + 1}};
                },
                "--payload-size: 64..16777217 is out of range; give 16MiB or less"},
        Mistake{"PayloadNotJson", [](Settings& s) { s.user.payload.text = "{body"; },
                "--payload: is not JSON"},
        Mistake{"ParamsNotAnObject", [](Settings& s) { s.user.params.text = "[1]"; },
                "--params: is not a JSON object"},
        Mistake{"JoinParamsNotJson", [](Settings& s) { s.user.join_params.text = "{"; },
                "--join-params: is not a JSON object"},
        Mistake{"NoDuration", [](Settings& s) { s.duration = {}; },
                "--duration: 0 measures nothing"},
        Mistake{"TooManyThreads", [](Settings& s) { s.threads = 1025; },
                "--threads: 1025 is too many; at most 1024"},
        Mistake{"FailIfWithoutUnit", [](Settings& s) { s.fail_if = {"join.p99 > 5"}; },
                "--fail-if: not a condition:\njoin.p99 > 5\n           ^ a duration"},
        Mistake{"AbortIfOfNothing", [](Settings& s) { s.abort_if = {"error > 5"}; },
                "--abort-if: not a condition:\nerror > 5\n^ is no figure"},
        Mistake{"UnknownWorkload", [](Settings& s) { s.user.workload = "ping"; }, "--workload: \"ping\" is none; give reply"},
        Mistake{"UnknownTransport", [](Settings& s) { s.user.transport = "pigeon"; }, "--transport: \"pigeon\" is none; give websocket or longpoll"},
        Mistake{"ScriptByName", [](Settings& s) { s.user.workload = "script"; }, "--workload: \"script\" is none"},
        Mistake{"NoPublishers", [](Settings& s) { s.user.publishers = 0; }, "--publishers: 0 is no share"},
        Mistake{"BroadcastOfAPayload", [](Settings& s) { s.user.workload = "broadcast"; s.user.payload.text = "{}"; }, "--payload: a broadcast carries a stamp"},
        Mistake{"BinaryJson", [](Settings& s) { s.user.binary = true; s.user.payload.text = "{}"; }, "--payload: is JSON, and --binary is not"},
        Mistake{"UnknownModel", [](Settings& s) { s.model = "ajar"; }, "--model: \"ajar\" is none"},
        Mistake{"ClosedByHowMany", [](Settings& s) { s.model = "closed"; }, "say how many with --in-flight=N"},
        Mistake{"InFlightOfTheOpenModel", [](Settings& s) { s.in_flight = 1; }, "--in-flight: is for --model=closed"},
        Mistake{"ClosedCasts", [](Settings& s) { s.model = "closed"; s.in_flight = 1; s.user.workload = "cast"; }, "waits for replies, and --workload=cast has none"},
        Mistake{"FramesOfNobody", [](Settings& s) { s.debug_frames = 2; }, "--debug-frames: there is no connection 2; they are numbered from 1 to 1"},
        Mistake{"TokenWithUnknownPlaceholder", [](Settings& s) { s.user.auth_token = "hunter2{tokn}"; }, "--auth-token: has an unknown placeholder {tokn}"},
        Mistake{"NoPort", [](Settings& s) { s.prometheus = 65536; }, "--prometheus: 65536 is no port"},
        Mistake{"IntervalOfNothing", [](Settings& s) { s.interval = Duration::zero(); },
                "--interval: 0 is too short; give at least 10ms"}),
    [](const ::testing::TestParamInfo<Mistake>& mistake) {
      return std::string(mistake.param.name);
    });

}  // namespace
}  // namespace phx::loadgen
