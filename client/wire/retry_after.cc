#include "client/wire/retry_after.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace phx::wire {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

// More than anybody waits.
constexpr int kMaxSeconds = 1'000'000'000;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// A number of digits alone, at most kMaxSeconds.
std::optional<int> Number(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int number = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number > kMaxSeconds / 10 ? kMaxSeconds
                                       : std::min(number * 10 + (digit - '0'), kMaxSeconds);
  }
  return number;
}

std::optional<unsigned> Month(std::string_view name) {
  const auto* const found = std::find(kMonths.begin(), kMonths.end(), name);
  if (found == kMonths.end()) return std::nullopt;
  return static_cast<unsigned>(found - kMonths.begin()) + 1;
}

// "08:49:37"
std::optional<seconds> TimeOfDay(std::string_view text) {
  if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
  const std::optional<int> hour = Number(text.substr(0, 2));
  const std::optional<int> minute = Number(text.substr(3, 2));
  const std::optional<int> second = Number(text.substr(6, 2));
  if (!hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;  // 60: a leap second
  return std::chrono::hours(*hour) + std::chrono::minutes(*minute) + seconds(*second);
}

std::optional<int> Year(std::string_view text, sys_seconds now) {
  const std::optional<int> year = Number(text);
  if (!year || (text.size() != 2 && text.size() != 4)) return std::nullopt;
  if (text.size() == 4) return year;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  const int this_year = static_cast<int>(today.year());
  const int in_this_century = this_year / 100 * 100 + *year;
  return in_this_century > this_year + 50 ? in_this_century - 100 : in_this_century;
}

struct DateParts {
  std::string_view day;
  std::string_view month;
  std::string_view year;
  std::string_view time;
};

// Which of `words` is what, without the day of the week; nullopt if it is none of the three forms.
std::optional<DateParts> PartsOf(const std::vector<std::string>& words) {
  if (words.size() == 6 && words[5] == "GMT") {
    return DateParts{words[1], words[2], words[3], words[4]};
  }
  if (words.size() == 5) return DateParts{words[2], words[1], words[4], words[3]};
  return std::nullopt;
}

std::string_view HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const auto& [header, value] : response.headers) {
    if (absl::EqualsIgnoreCase(header, absl::string_view(name.data(), name.size()))) return value;
  }
  return {};
}

}  // namespace

std::optional<sys_seconds> ParseHttpDate(std::string_view text, sys_seconds now) {
  const std::vector<std::string> words = absl::StrSplit(absl::string_view(text.data(), text.size()),
                                                        absl::ByAnyChar(" ,-"), absl::SkipEmpty());
  const std::optional<DateParts> parts = PartsOf(words);
  if (!parts) return std::nullopt;
  const std::optional<int> day = Number(parts->day);
  const std::optional<unsigned> month = Month(parts->month);
  const std::optional<int> year = Year(parts->year, now);
  const std::optional<seconds> time = TimeOfDay(parts->time);
  if (!day || !month || !year || !time) return std::nullopt;
  if (*day > 31) return std::nullopt;  // more than std::chrono::day holds
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + *time;
}

std::optional<seconds> RetryAfter(const HttpResponse& response, sys_seconds now) {
  std::string value(HeaderOf(response, "retry-after"));
  absl::StripAsciiWhitespace(&value);
  if (const std::optional<int> wait = Number(value)) return seconds(*wait);
  const std::optional<sys_seconds> date = ParseHttpDate(value, now);
  if (!date) return std::nullopt;
  const sys_seconds sent = ParseHttpDate(HeaderOf(response, "date"), now).value_or(now);
  return std::clamp(*date - sent, seconds(0), seconds(kMaxSeconds));
}

}  // namespace phx::wire
