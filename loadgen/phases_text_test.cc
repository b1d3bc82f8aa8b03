#include "loadgen/phases_text.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PhasesTextTest, PhasesComeOneAfterTheOther) {
  EXPECT_THAT(*ParsePhases("ramp 0..20000 30s, hold 1m,spike 50000 5s, hold 10s, ramp ..0 10s"),
              ElementsAre(RatePhase{"ramp", 0, 20'000, seconds(30)},
                          RatePhase{"hold", 20'000, 20'000, seconds(60)},
                          RatePhase{"spike", 50'000, 50'000, seconds(5)},
                          RatePhase{"hold", 20'000, 20'000, seconds(10)},
                          RatePhase{"ramp", 20'000, 0, seconds(10)}));
}

TEST(PhasesTextTest, StepsAreHoldsFromTheFirstRateToTheLast) {
  EXPECT_THAT(
      *ParsePhases("step 100..300/3 2s"),
      ElementsAre(RatePhase{"step", 100, 100, seconds(2)}, RatePhase{"step", 200, 200, seconds(2)},
                  RatePhase{"step", 300, 300, seconds(2)}));
}

TEST(PhasesTextTest, MistakesArePointedAt) {
  const auto message = [](const char* text) {
    return std::string(ParsePhases(text).status().message());
  };
  EXPECT_EQ(message("hold 10 1s, wait 5s"),
            "hold 10 1s, wait 5s\n            ^ is no phase; write hold, spike, ramp or step");
  EXPECT_THAT(message(""), HasSubstr("is no phase"));
  EXPECT_THAT(message("hold 10s"), HasSubstr("\n     ^ the rate belongs here"));
  EXPECT_THAT(message("hold 10 1s, spike 10s"),
              HasSubstr("\n                  ^ the rate belongs"));
  EXPECT_THAT(message("hold 10 soon"), HasSubstr("\n        ^ the length belongs here"));
  EXPECT_THAT(message("hold 10 0s"), HasSubstr("the length belongs here"));
  EXPECT_THAT(message("hold 10"), HasSubstr("\n       ^ the length belongs here"));
  EXPECT_THAT(message("hold -1 5s"), HasSubstr("\n     ^ a rate belongs here"));
  EXPECT_THAT(message("hold 1e9 5s"), HasSubstr("a rate belongs here"));
  EXPECT_THAT(message("ramp 5 10s"), HasSubstr("\n     ^ the rates belong here"));
  EXPECT_THAT(message("ramp ..5 10s"), HasSubstr("\n     ^ a rate belongs here"));
  EXPECT_THAT(message("ramp 5..x 10s"), HasSubstr("\n        ^ a rate belongs here"));
  EXPECT_THAT(message("step 1..5 10s"), HasSubstr("\n         ^ say in how many steps"));
  EXPECT_THAT(message("step 1..5/1 10s"), HasSubstr("\n         ^ say in how many steps"));
  EXPECT_THAT(message("hold 1 5s hold 2 5s"), HasSubstr("\n          ^ a comma belongs here"));
}

}  // namespace
}  // namespace phx::loadgen
