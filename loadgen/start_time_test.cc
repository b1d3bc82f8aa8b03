#include "loadgen/start_time.h"

#include <chrono>

#include "absl/status/status.h"
#include "gtest/gtest.h"

namespace phx::loadgen {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr WallTime kEvening(seconds(1'795'727'700));  // 2026-11-26T21:15:00Z

TEST(ParseStartTimeTest, ReadsRfc3339) {
  EXPECT_EQ(*ParseStartTime("2026-11-26T21:15:00Z"), kEvening);
  EXPECT_EQ(*ParseStartTime("2026-11-26T22:15:00+01:00"), kEvening);
  EXPECT_EQ(*ParseStartTime("2026-11-26T21:15:00.25Z"), kEvening + milliseconds(250));
}

TEST(ParseStartTimeTest, ReadsUnixSeconds) {
  EXPECT_EQ(*ParseStartTime("1795727700"), kEvening);
  EXPECT_EQ(*ParseStartTime("1795727700.5"), kEvening + milliseconds(500));
  // Which no double is exactly.
  EXPECT_EQ(*ParseStartTime("1795727700.478"), kEvening + milliseconds(478));
}

TEST(ParseStartTimeTest, RefusesWhatIsNoTime) {
  // The last one is in milliseconds.
  for (const char* text : {"", "tomorrow", "21:15", "2026-11-26", "-5", "1795727700000"}) {
    const absl::Status status = ParseStartTime(text).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << text;
    EXPECT_EQ(status.message(),
              "is no time; write it as in 2026-11-26T21:15:00Z, or in Unix seconds, as date +%s "
              "does")
        << text;
  }
}

TEST(CheckStartTimeTest, OnlyTimesToComeWillDo) {
  EXPECT_TRUE(CheckStartTime(kEvening, kEvening - milliseconds(1)).ok());
  EXPECT_EQ(CheckStartTime(kEvening, kEvening + seconds(2)).message(),
            "is past: it was 2.00 s ago, and now is 2026-11-26T21:15:02.000Z; give a time that "
            "leaves room for the setup");
  EXPECT_FALSE(CheckStartTime(kEvening, kEvening).ok());
}

TEST(StartTimeTest, IsWrittenInUtcWithMilliseconds) {
  EXPECT_EQ(ToString(kEvening + milliseconds(7)), "2026-11-26T21:15:00.007Z");
}

}  // namespace
}  // namespace phx::loadgen
