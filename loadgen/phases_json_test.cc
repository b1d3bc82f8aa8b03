#include "loadgen/phases_json.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"
#include "loadgen/json_places.h"
#include "loadgen/mistakes.h"
#include "loadgen/phases_text.h"
#include "loadgen/setting_place.h"

namespace phx::loadgen {
namespace {

struct Read {
  std::string text;
  std::string mistakes;
};

// Of {"phases": …}, which is in one line.
Read ReadOf(const std::string& phases) {
  const std::string file = R"({"phases": )" + phases + "}";
  Mistakes mistakes;
  SettingMistakes at_top(&mistakes, SettingPlace(std::make_shared<JsonPlaces>(file, "f"), {}));
  const std::string text = ReadPhases(nlohmann::ordered_json::parse(file).at("phases"), &at_top);
  return {.text = text, .mistakes = std::string(mistakes.status().message())};
}

std::string MistakesOf(const std::string& phases) { return ReadOf(phases).mistakes; }

TEST(PhasesJsonTest, ObjectsMeanWhatTheTextOfTheFlagDoes) {
  const Read read = ReadOf(R"([
    {"kind": "ramp", "from": 0, "to": 2000.5, "duration": "30s"},
    {"kind": "hold", "duration": "1m"},
    {"kind": "spike", "rate": 5000, "duration": "5s"},
    {"kind": "step", "from": 1000, "to": 5000, "steps": 5, "duration": "10s"},
    {"kind": "hold", "rate": 1234567.25, "duration": "1s"},
    {"kind": "ramp", "to": 0, "duration": "10s"}])");
  EXPECT_EQ(read.mistakes, "");
  EXPECT_EQ(read.text,
            "ramp 0..2000.5 30s, hold 1m, spike 5000 5s, step 1000..5000/5 10s, hold 1234567.25 "
            "1s, ramp ..0 10s");
  EXPECT_TRUE(ParsePhases(read.text).ok());
}

TEST(PhasesJsonTest, WhatIsNoListOfPhasesIsSaidSo) {
  for (const char* phases : {"[]", "{}", "\"hold 5 10s\"", "7"}) {
    EXPECT_EQ(MistakesOf(phases),
              "f:1:2: /phases: an array of phases belongs here, as in [{\"kind\": \"hold\", "
              "\"rate\": 100, \"duration\": \"10s\"}]");
  }
  EXPECT_EQ(MistakesOf(R"(["hold 5 10s"])"),
            "f:1:13: /phases/0: a phase belongs here, as in {\"kind\": \"hold\", \"rate\": 100, "
            "\"duration\": \"10s\"}");
}

TEST(PhasesJsonTest, EachFieldIsChecked) {
  EXPECT_EQ(MistakesOf(R"([{"duration": "5s"}])"),
            "f:1:13: /phases/0/kind: \"hold\", \"spike\", \"ramp\" or \"step\" belongs here");
  EXPECT_EQ(MistakesOf(R"([{"kind": "wait", "duration": "5s"}])"),
            "f:1:14: /phases/0/kind: \"hold\", \"spike\", \"ramp\" or \"step\" belongs here");
  EXPECT_EQ(MistakesOf(R"([{"kind": 3}])"),
            "f:1:14: /phases/0/kind: \"hold\", \"spike\", \"ramp\" or \"step\" belongs here");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": "5", "duration": "5s"}])"),
            "f:1:30: /phases/0/rate: a rate belongs here: a number per second");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": -5, "duration": "5s"}])"),
            "f:1:30: /phases/0/rate: a rate belongs here: a number per second");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": 1e9, "duration": "5s"}])"),
            "f:1:30: /phases/0/rate: a rate belongs here: a number per second, at most 1e+07");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": 5, "duration": 5}])"),
            "f:1:41: /phases/0/duration: a duration belongs here, as in \"10s\" or \"1m30s\"");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": 5}])"),
            "f:1:13: /phases/0/duration: the length belongs here, with its unit, as in 10s or "
            "1m30s");
  EXPECT_EQ(MistakesOf(R"([{"kind": "ramp", "rate": 5, "duration": "5s"}])"),
            "f:1:30: /phases/0/rate: there is no such field; a ramp has \"from\", \"to\" and "
            "\"duration\"");
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "to": 5, "duration": "5s"}])"),
            "f:1:30: /phases/0/to: there is no such field; a hold has \"rate\" and \"duration\"");
  EXPECT_EQ(MistakesOf(R"([{"kind": "step", "from": 1, "to": 5, "steps": 1, "duration": "5s"}])"),
            "f:1:50: /phases/0/steps: say in how many steps, from 2 to 1000");
  EXPECT_EQ(MistakesOf(R"([{"kind": "step", "from": 1, "to": 5, "steps": 2.5, "duration": "5s"}])"),
            "f:1:50: /phases/0/steps: a whole number belongs here");
}

TEST(PhasesJsonTest, WhereThereIsNoRateToGoOnWithItIsAskedFor) {
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "duration": "5s"}])"),
            "f:1:13: /phases/0/rate: the rate belongs here");
  EXPECT_EQ(MistakesOf(R"([{"kind": "ramp", "to": 5, "duration": "5s"}])"),
            "f:1:13: /phases/0/from: a rate belongs here, from which to begin");
}

TEST(PhasesJsonTest, WhatBuildsOnAMistakenPhaseIsNotHeldAgainstIt) {
  EXPECT_EQ(MistakesOf(R"([{"kind": "hold", "rate": 5, "duration": "0s"},)"
                       R"({"kind": "hold", "duration": "5s"}, 7])"),
            "f:1:41: /phases/0/duration: the length belongs here, with its unit, as in 10s or "
            "1m30s\n"
            "f:1:95: /phases/2: a phase belongs here, as in {\"kind\": \"hold\", \"rate\": 100, "
            "\"duration\": \"10s\"}");
}

}  // namespace
}  // namespace phx::loadgen
