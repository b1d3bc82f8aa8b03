#include "loadgen/script_parser.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadgen/json_places.h"
#include "loadgen/mistakes.h"
#include "loadgen/setting_place.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Action = ScriptStep::Action;

struct Outcome {
  Script script;
  std::string mistakes;
};

Outcome Parse(std::string steps) {
  KindSettings settings;
  const std::string scenario = R"({"users": [{"steps": )" + steps + "}]}";
  settings.place =
      SettingPlace(std::make_shared<JsonPlaces>(scenario, "a.json"), {}).Inside("/users/0");
  settings.steps.text = std::move(steps);
  Mistakes mistakes;
  SettingMistakes of_kind(&mistakes, settings.place);
  Script script = ParseScript(settings, {"nick"}, &of_kind);
  return {.script = std::move(script), .mistakes = std::string(mistakes.status().message())};
}

TEST(ScriptParserTest, ReadsEveryStep) {
  const auto [script, mistakes] = Parse(R"([
    {"think": "1s..3s"}, {"think": "500ms"},
    {"push": "msg", "payload": {"from": "{nick}", "body": "{data}"}, "payload_size": "64..1KiB"},
    "leave", {"think": "2s"}, "join", {"cast": "typing"}, {"think": "4s"}])");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(script.size(), 4);
  // What comes behind the last step comes before the first, too.
  EXPECT_THAT(script[0].think, ElementsAre(DurationRange{seconds(1), seconds(3)},
                                           DurationRange{milliseconds(500), milliseconds(500)},
                                           DurationRange{seconds(4), seconds(4)}));
  EXPECT_EQ(script[0].action, Action::kPush);
  EXPECT_EQ(script[0].event, "msg");
  EXPECT_EQ(script[0].payload.size, (SizeRange{{64}, {1024}}));
  EXPECT_EQ(script[1].action, Action::kLeave);
  EXPECT_EQ(script[2].action, Action::kJoin);
  EXPECT_THAT(script[2].think, ElementsAre(DurationRange{seconds(2), seconds(2)}));
  EXPECT_EQ(script[3].action, Action::kCast);
  EXPECT_EQ(script[3].event, "typing");
}

TEST(ScriptParserTest, TimesToThinkHaveTheirDistribution) {
  const auto [script, mistakes] = Parse(R"([
    {"think": {"exponential": "2s"}}, {"push": "msg"},
    {"think": {"normal": "3s", "stdev": "500ms"}}, {"push": "msg"}])");
  EXPECT_EQ(mistakes, "");
  ASSERT_EQ(script.size(), 2);
  EXPECT_THAT(script[0].think, ElementsAre(ExponentialThinkTime{.mean = seconds(2)}));
  EXPECT_THAT(script[1].think,
              ElementsAre(NormalThinkTime{.mean = seconds(3), .stdev = milliseconds(500)}));
  EXPECT_EQ(MeanRound(script), seconds(5));
}

struct Mistake {
  const char* name;
  const char* steps;
  const char* message;
};

class ScriptMistakeTest : public ::testing::TestWithParam<Mistake> {};

TEST_P(ScriptMistakeTest, IsSaidWithItsPlace) {
  EXPECT_THAT(Parse(GetParam().steps).mistakes, HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Every, ScriptMistakeTest,
    ::testing::Values(
        Mistake{"NoList", R"({"think": "1s"})", "a.json:1:13: /users/0/steps: an array of steps"},
        Mistake{"Empty", "[]", "/steps: an array of steps belongs here"},
        Mistake{"UnknownStep", R"(["jump", {"think": "1s"}, {"push": "e"}])",
                "/users/0/steps/0: is no step; write"},
        Mistake{"UnknownVerb", R"([{"psh": "e"}])", "/steps/0: is no step"},
        Mistake{"ThinkWithoutUnit", R"([{"think": "5"}, {"push": "e"}])",
                "/steps/0/think: a duration belongs here"},
        Mistake{"ThinkOfAnUnknownDistribution", R"([{"think": {"gauss": "5s"}}, {"push": "e"}])",
                R"(or {"exponential": "2s"}, or {"normal": "3s", "stdev": "1s"})"},
        Mistake{"ThinkWithoutDeviation", R"([{"think": {"normal": "5s"}}, {"push": "e"}])",
                "/steps/0/think: a duration belongs here"},
        Mistake{"ThinkOfANumber", R"([{"think": 5}, {"push": "e"}])",
                "/steps/0/think: a duration belongs here"},
        Mistake{"PushOfNothing", R"([{"push": 5}, {"think": "1s"}])",
                "/steps/0/push: the event to push belongs here"},
        Mistake{"PushWithMore", R"([{"push": "e", "tpoic": "t"}, {"think": "1s"}])",
                "/steps/0/tpoic: there is no such field"},
        Mistake{"BadSize", R"([{"push": "e", "payload_size": "5X"}, {"think": "1s"}])",
                "/steps/0/payload_size: \"5X\" is not a size"},
        Mistake{"BadPlaceholder", R"([{"push": "e", "payload": "{nik}"}, {"think": "1s"}])",
                "/steps/0/payload: has an unknown placeholder {nik}"},
        Mistake{"ProtocolsEvent", R"([{"push": "phx_join"}, {"think": "1s"}])",
                "/steps/0/event: \"phx_join\" belongs to the protocol"},
        Mistake{"LeftTwice", R"(["leave", "leave", "join", {"think": "1s"}])",
                "/steps/1: the channel has been left already"},
        Mistake{"JoinedTwice", R"(["join", {"think": "1s"}])",
                "/steps/0: the channel is joined already"},
        Mistake{"PushAfterTheLeave", R"(["leave", {"push": "e"}, "join", {"think": "1s"}])",
                "/steps/1: the channel has been left; write \"join\" before it"},
        Mistake{"NeverJoinedAgain", R"([{"think": "1s"}, "leave"])",
                "/steps: a round ends without the channel"},
        Mistake{"NoTimeToThink", R"([{"push": "e"}])", "/steps: have no time to think"},
        Mistake{"OnlyThinks", R"([{"think": "1s"}])", "/steps: do nothing but think"}),
    [](const ::testing::TestParamInfo<Mistake>& mistake) {
      return std::string(mistake.param.name);
    });

}  // namespace
}  // namespace phx::loadgen
