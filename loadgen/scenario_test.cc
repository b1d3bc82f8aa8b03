#include "loadgen/scenario.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/setting_place.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Scenario Parsed(std::string_view text) {
  const auto scenario = ParseScenario(text, "dir/chat.json");
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  return scenario.ok() ? *scenario : Scenario{};
}

std::vector<KindSettings> KindsOf(const Scenario& scenario) {
  Settings settings = scenario.settings;
  settings.user.place = SettingPlace(scenario.places, {});
  const absl::Status status = AddKinds(scenario, &settings);
  EXPECT_TRUE(status.ok()) << status;
  return settings.kinds;
}

// Of the whole file, or of its users if that is right.
std::string MistakeOf(std::string_view text) {
  const auto scenario = ParseScenario(text, "chat.json");
  if (!scenario.ok()) return std::string(scenario.status().message());
  Settings settings = scenario->settings;
  settings.user.place = SettingPlace(scenario->places, {});
  return std::string(AddKinds(*scenario, &settings).message());
}

TEST(ScenarioTest, ItsFieldsAreTheFlags) {
  const Scenario scenario = Parsed(R"({
    "$schema": "scenario.schema.json",
    "name": "chat",
    "connections": 1000,
    "connect_rate": 12.5,
    "warmup": "2s",
    "reconnect": true,
    "phases": [{"kind": "ramp", "from": 0, "to": 10, "duration": "1s"},
               {"kind": "hold", "duration": "5s"}],
    "fail_if": ["errors > 1", "late > 2"],
    "abort_if": "errors > 3",
    "payload_size": 128,
    "params": {"token": "t"}
  })");
  const Settings& settings = scenario.settings;
  EXPECT_EQ(settings.connections, 1000);
  EXPECT_EQ(settings.connect_rate, 12.5);
  EXPECT_EQ(settings.warmup, Duration(seconds(2)));
  EXPECT_TRUE(settings.reconnect);
  EXPECT_EQ(settings.phases, "ramp 0..10 1s, hold 5s");
  EXPECT_THAT(settings.fail_if, ElementsAre("errors > 1", "late > 2"));
  EXPECT_THAT(settings.abort_if, ElementsAre("errors > 3"));
  EXPECT_EQ(settings.user.payload_size, (SizeRange{{128}, {128}}));
  EXPECT_EQ(settings.user.params.text, R"({"token":"t"})");
  EXPECT_THAT(scenario.given, Contains(Pair("connections", "1000")));
  EXPECT_TRUE(KindsOf(scenario).empty());
}

TEST(ScenarioTest, UsersHaveWhatIsSaidAtTheTopUnlessTheySayItThemselves) {
  const std::vector<KindSettings> kinds = KindsOf(Parsed(R"({
    "channels": 3, "event": "msg", "feed": "users.csv",
    "users": [
      {"name": "chatter", "weight": 2.5, "event": "own", "payload": {"n": [1]}},
      {"name": "reader", "workload": "idle", "feed": "/abs.csv"}
    ]})"));
  ASSERT_EQ(kinds.size(), 2);
  EXPECT_EQ(kinds[0].name, "chatter");
  EXPECT_EQ(kinds[0].weight, 2.5);
  EXPECT_EQ(kinds[0].channels, 3);
  EXPECT_EQ(kinds[0].event, "own");
  EXPECT_EQ(kinds[0].payload.text, R"({"n":[1]})");
  EXPECT_EQ(kinds[0].feed, "dir/users.csv");
  EXPECT_EQ(kinds[1].event, "msg");
  EXPECT_EQ(kinds[1].workload, "idle");
  EXPECT_EQ(kinds[1].feed, "/abs.csv");
  EXPECT_EQ(kinds[1].place.Name("topic"), "dir/chat.json:5:7: /users/1/topic");
}

struct Mistake {
  const char* name;
  const char* text;
  const char* message;
};

class ScenarioMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(ScenarioMistakeTest, IsSaidWithItsPlace) {
  EXPECT_THAT(MistakeOf(GetParam().text), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Every, ScenarioMistakeTest,
    ::testing::Values(
        Mistake{"NoJson", "{\n  \"rate\": 1,\n  \"seed\" 2\n}",
                "chat.json:3:10: is no JSON from here on"},
        Mistake{"NumberTooLarge", R"({"rate": 1e400})",
                "chat.json: has a number that is too large"},
        Mistake{"EndsTooSoon", "{\"rate\": 1", "chat.json:1:"},
        Mistake{"SameFieldTwice", R"({"rate": 1, "rate": 2})",
                "chat.json:1:13: /rate: is there twice"},
        Mistake{"NoObject", "[1]", "chat.json:1:1: an object belongs here"},
        Mistake{
            "UnknownField", R"({"conections": 5})",
            "chat.json:1:2: /conections: there is no such field; did you mean \"connections\"?"},
        Mistake{"UnknownFieldOfUsers", R"({"users": [{"name": "a", "topik": "x"}]})",
                "chat.json:1:26: /users/0/topik: there is no such field; did you mean \"topic\"?"},
        Mistake{"FlagInsteadOfField", R"({"connect-rate": 5})",
                "/connect-rate: there is no such field; did you mean \"connect_rate\"?"},
        Mistake{"TextForANumber", R"({"connections": "5"})",
                "chat.json:1:2: /connections: a number belongs here"},
        Mistake{"NumberForADuration", R"({"warmup": 5})", "/warmup: a string belongs here"},
        Mistake{"DurationWithoutUnit", R"({"warmup": "5"})",
                "/warmup: \"5\" is not a duration; write it with its unit"},
        Mistake{"NegativeCount", R"({"connections": -5})", "/connections: \"-5\" is not"},
        Mistake{"TextForABoolean", R"({"reconnect": "yes"})",
                "/reconnect: true or false belongs here"},
        Mistake{"NumberForASize", R"({"payload_size": true})",
                "/payload_size: a number of bytes belongs here"},
        Mistake{"ListOfNumbers", R"({"fail_if": [1]})",
                "/fail_if: a string belongs here, or an array of strings"},
        Mistake{"PhasesAsText", R"({"phases": ["hold 5 10s"]})",
                "chat.json:1:13: /phases/0: a phase belongs here"},
        Mistake{"PhaseThatIsNone", R"({"phases": [{"kind": "wait"}]})",
                "chat.json:1:14: /phases/0/kind: \"hold\", \"spike\", \"ramp\" or \"step\""},
        Mistake{"NoUsers", R"({"users": []})", "/users: an array of 1 to 100 kinds"},
        Mistake{"UsersAsObject", R"({"users": {"name": "a"}})", "/users: an array of 1 to 100"},
        Mistake{"UserThatIsNone", R"({"users": [7]})", "/users/0: an object belongs here"},
        Mistake{"UserWithoutName", R"({"users": [{}]})",
                "/users/0/name: each kind of users needs one"},
        Mistake{"NameWithSpaces", R"({"users": [{"name": "a b"}]})", "/users/0/name: each kind"},
        Mistake{"SameNameTwice", R"({"users": [{"name": "a"}, {"name": "a"}]})",
                "/users/1/name: there is \"a\" already"},
        Mistake{"FieldOfTheWholeRunInUsers", R"({"users": [{"name": "a", "rate": 5}]})",
                "/users/0/rate: there is no such field"}),
    [](const ::testing::TestParamInfo<Mistake>& mistake) {
      return std::string(mistake.param.name);
    });

TEST(ScenarioTest, AllMistakesAreSaidAtOnce) {
  const std::string mistakes = MistakeOf(R"({"a": 1, "b": 2, "users": 3})");
  EXPECT_EQ(std::count(mistakes.begin(), mistakes.end(), '\n'), 2) << mistakes;
}

TEST(ScenarioTest, ParamsWhichMayBeSecretAreNotRepeated) {
  EXPECT_THAT(MistakeOf(R"({"params": {"token": "hunter2"}, "users": 3})"),
              Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace phx::loadgen
