#include "client/wire/retry_after.h"

#include <chrono>
#include <optional>
#include <string>

#include "client/wire/connection_info.h"
#include "gtest/gtest.h"

namespace phx::wire {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using namespace std::chrono_literals;

constexpr sys_seconds kNow = sys_days(2026y / 11 / 26) + 12h;

std::optional<seconds> After(const std::string& value, const std::string& date = "") {
  HttpResponse response{.status = 503, .headers = {{"Retry-After", value}}};
  if (!date.empty()) response.headers.emplace_back("date", date);
  return RetryAfter(response, kNow);
}

TEST(HttpDateTest, IsReadInAllThreeForms) {
  constexpr sys_seconds kDate = sys_days(1994y / 11 / 6) + 8h + 49min + 37s;
  EXPECT_EQ(ParseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT", kNow), kDate);
  EXPECT_EQ(ParseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT", kNow), kDate);
  EXPECT_EQ(ParseHttpDate("Sun Nov  6 08:49:37 1994", kNow), kDate);
}

TEST(HttpDateTest, TakesAYearOfTwoDigitsForANearOne) {
  const auto year_of = [](const std::string& year) {
    const auto date = ParseHttpDate("Monday, 01-Jan-" + year + " 00:00:00 GMT", kNow);
    return date.has_value()
               ? static_cast<int>(
                     std::chrono::year_month_day(sys_days(floor<std::chrono::days>(*date))).year())
               : 0;
  };
  EXPECT_EQ(year_of("26"), 2026);
  EXPECT_EQ(year_of("76"), 2076);
  EXPECT_EQ(year_of("77"), 1977);
}

TEST(HttpDateTest, RefusesWhatIsNone) {
  for (const char* text :
       {"", "tomorrow", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 31 Feb 2026 08:49:37 GMT", "Sun, 262 Nov 1994 08:49:37 GMT",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 194 08:49:37 GMT",
        "Sun, -6 Nov 1994 08:49:37 GMT GMT", "1 2 3 4 5", "Sun, 06 Nov 1994 08.49.37 GMT"}) {
    EXPECT_EQ(ParseHttpDate(text, kNow), std::nullopt) << text;
  }
}

TEST(RetryAfterTest, IsANumberOfSeconds) {
  EXPECT_EQ(After("120"), 120s);
  EXPECT_EQ(After(" 0 "), 0s);
  EXPECT_EQ(After("99999999999999999999"), 1'000'000'000s);
}

TEST(RetryAfterTest, IsADateByTheServersClockOrElseByOurs) {
  const std::string at = "Thu, 26 Nov 2026 12:01:30 GMT";
  EXPECT_EQ(After(at), 90s);
  EXPECT_EQ(After(at, "Thu, 26 Nov 2026 12:01:20 GMT"), 10s);
  EXPECT_EQ(After(at, "not a date"), 90s);
  EXPECT_EQ(After("Thu, 26 Nov 2026 11:00:00 GMT"), 0s);
  EXPECT_EQ(After("Sat, 26 Nov 9999 11:00:00 GMT"), 1'000'000'000s);
}

TEST(RetryAfterTest, IsNothingElse) {
  EXPECT_EQ(RetryAfter({.status = 503}, kNow), std::nullopt);
  for (const char* value : {"", "-1", "1.5", "10s", "soon", "0x10"}) {
    EXPECT_EQ(After(value), std::nullopt) << value;
  }
}

}  // namespace
}  // namespace phx::wire
