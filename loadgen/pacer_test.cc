#include "loadgen/pacer.h"

#include <cmath>
#include <cstdlib>
#include <vector>

#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

std::vector<Operation> TakeAll(Pacer* pacer, Duration now) {
  std::vector<Operation> operations;
  while (const auto operation = pacer->Take(now)) operations.push_back(*operation);
  return operations;
}

TEST(ScheduleTest, HasTheOperationsThatAreDueBeforeItsEnd) {
  EXPECT_EQ(Schedule(20'000, seconds(10)).count(), 200'000);
  EXPECT_EQ(Schedule(3, seconds(1)).count(), 3);
  EXPECT_EQ(Schedule(0.1, seconds(10)).count(), 1);
  EXPECT_EQ(Schedule(0.1, seconds(10) + nanoseconds(1)).count(), 2);
  EXPECT_EQ(Schedule(1000, nanoseconds(1)).count(), 1);
  EXPECT_EQ(Schedule(0, seconds(10)).count(), 0);
  EXPECT_EQ(Schedule(1000, seconds(0)).count(), 0);
  EXPECT_EQ(Schedule(1e-12, hours(1)).count(), 1);
}

TEST(ScheduleTest, DoesNotDriftAtAnyRate) {
  for (const double rate : {0.3, 7.0, 999.983, 20'000.0, 1'234'567.0}) {
    const Schedule schedule(rate, hours(1));
    for (std::uint64_t index = 1; index < 10'000'000'000; index *= 10) {
      const long double exact = static_cast<long double>(index) / rate * 1e9L;
      const auto given = static_cast<long double>(schedule.IntendedTime(index).count());
      EXPECT_LE(std::abs(given - exact), 1 + exact * 1e-15L) << rate << " " << index;
    }
  }
}

RatePhase Hold(double rate, Duration length) {
  return {.name = "hold", .from = rate, .to = rate, .length = length};
}

RatePhase RampTo(double from, double to, Duration length) {
  return {.name = "ramp", .from = from, .to = to, .length = length};
}

TEST(ScheduleTest, OnePhaseThatHoldsIsAConstantRate) {
  const Schedule constant(12'345.6, seconds(7));
  const Schedule phase = Schedule::OfPhases({Hold(12'345.6, seconds(7))});
  ASSERT_EQ(phase.count(), constant.count());
  for (std::uint64_t index = 0; index < phase.count(); index += 97) {
    EXPECT_EQ(phase.IntendedTime(index), constant.IntendedTime(index)) << index;
  }
}

TEST(ScheduleTest, ARampRisesEvenly) {
  // After t seconds 50 t^2 operations have been due.
  const Schedule schedule = Schedule::OfPhases({RampTo(0, 1000, seconds(10))});
  EXPECT_EQ(schedule.count(), 5000);
  EXPECT_EQ(schedule.IntendedTime(0), seconds(0));
  EXPECT_EQ(schedule.IntendedTime(50), seconds(1));
  EXPECT_EQ(schedule.IntendedTime(200), seconds(2));
  EXPECT_EQ(schedule.IntendedTime(1250), seconds(5));
}

TEST(ScheduleTest, ARampDownIsOneUpInAMirror) {
  const Schedule down = Schedule::OfPhases({RampTo(1000, 0, seconds(10))});
  const Schedule up = Schedule::OfPhases({RampTo(0, 1000, seconds(10))});
  EXPECT_EQ(down.count(), 5000);
  for (std::uint64_t index = 1; index < 5000; ++index) {
    const Duration sum = down.IntendedTime(index) + up.IntendedTime(5000 - index);
    EXPECT_LE(std::abs((sum - seconds(10)).count()), 2) << index;
  }
}

TEST(ScheduleTest, EachPhaseHasItsOperations) {
  const std::vector<RatePhase> phases = {Hold(100, seconds(2)), RampTo(100, 300, seconds(1)),
                                         Hold(0, seconds(3)), Hold(5000, milliseconds(100)),
                                         RampTo(300, 0, seconds(2))};
  const Schedule schedule = Schedule::OfPhases(phases);
  std::vector<std::uint64_t> counts(phases.size());
  Duration last{-1};
  for (std::uint64_t index = 0; index < schedule.count(); ++index) {
    const Duration time = schedule.IntendedTime(index);
    EXPECT_GT(time, last);
    last = time;
    Duration end = {};
    std::size_t phase = 0;
    while (time >= (end += phases[phase].length)) ++phase;
    ++counts[phase];
  }
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{200, 200, 0, 500, 300}));
}

TEST(ScheduleTest, PhasesWithoutOperationsHaveNone) {
  EXPECT_EQ(Schedule::OfPhases({Hold(0, seconds(5))}).count(), 0);
  EXPECT_EQ(Schedule::OfPhases({}).count(), 0);
}

TEST(PacerTest, GivesNothingBeforeItIsDue) {
  Pacer pacer(Schedule(1000, seconds(1)), {});
  EXPECT_EQ(pacer.next_due(), Duration::zero());
  EXPECT_EQ(TakeAll(&pacer, Duration::zero()).size(), 1);
  EXPECT_EQ(pacer.next_due(), milliseconds(1));
  EXPECT_FALSE(pacer.Take(milliseconds(1) - nanoseconds(1)).has_value());
  EXPECT_EQ(pacer.Take(milliseconds(1)), (Operation{.index = 1, .intended = milliseconds(1)}));
}

TEST(PacerTest, GivesAllThatBecameDueWhileNobodyAsked) {
  Pacer pacer(Schedule(50'000, seconds(1)), {});
  const auto operations = TakeAll(&pacer, milliseconds(100));
  ASSERT_EQ(operations.size(), 5001);
  EXPECT_EQ(operations.front().intended, Duration::zero());
  EXPECT_EQ(operations[1].intended, microseconds(20));
  EXPECT_EQ(operations.back().intended, milliseconds(100));
}

TEST(PacerTest, EndsWithItsSchedule) {
  Pacer pacer(Schedule(1000, seconds(1)), {});
  EXPECT_EQ(TakeAll(&pacer, hours(1)).size(), 1000);
  EXPECT_FALSE(pacer.next_due().has_value());
  EXPECT_FALSE(pacer.Take(hours(2)).has_value());
}

TEST(PacerTest, WithoutRateIsDoneAtOnce) {
  Pacer pacer(Schedule(0, seconds(1)), {});
  EXPECT_FALSE(pacer.next_due().has_value());
  EXPECT_FALSE(pacer.Take(hours(1)).has_value());
}

TEST(PacerTest, WorkersShareEveryOperationExactlyOnce) {
  const Schedule schedule(12'345, seconds(1));
  for (const std::uint64_t workers : {1, 2, 3, 7}) {
    std::vector<int> taken(schedule.count(), 0);
    for (std::uint64_t worker = 0; worker < workers; ++worker) {
      Pacer pacer(schedule, {.lanes = 10, .worker = worker, .workers = workers});
      Duration last{-1};
      for (const Operation& operation : TakeAll(&pacer, hours(1))) {
        ++taken[operation.index];
        EXPECT_EQ(operation.index % 10 % workers, worker);
        EXPECT_EQ(operation.intended, schedule.IntendedTime(operation.index));
        EXPECT_GT(operation.intended, last);
        last = operation.intended;
      }
    }
    for (const int times : taken) ASSERT_EQ(times, 1);
  }
}

TEST(PacerTest, WorkersRateIsThatOfItsLanes) {
  // Of three lanes, 0 and 2 are those of worker 0, lane 1 is that of worker 1.
  const Schedule schedule(3000, seconds(1));
  Pacer first(schedule, {.lanes = 3, .worker = 0, .workers = 2});
  Pacer second(schedule, {.lanes = 3, .worker = 1, .workers = 2});
  EXPECT_EQ(TakeAll(&first, hours(1)).size(), 2000);
  EXPECT_EQ(TakeAll(&second, hours(1)).size(), 1000);
}

TEST(ShareTest, CountsOwnLanes) {
  EXPECT_EQ((Share{.lanes = 10, .worker = 0, .workers = 3}).own_lanes(), 4);
  EXPECT_EQ((Share{.lanes = 10, .worker = 1, .workers = 3}).own_lanes(), 3);
  EXPECT_EQ((Share{.lanes = 10, .worker = 2, .workers = 3}).own_lanes(), 3);
  EXPECT_EQ((Share{.lanes = 1, .worker = 0, .workers = 1}).own_lanes(), 1);
}

}  // namespace
}  // namespace phx::loadgen
