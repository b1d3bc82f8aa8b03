#include "loadgen/start_time.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "loadgen/flag_value.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {
namespace {

// Later ones are a mistake, such as milliseconds where seconds belong.
constexpr double kMaxUnixSeconds = 1e10;

WallTime ToWallTime(absl::Time time) { return WallTime(Duration(absl::ToUnixNanos(time))); }

}  // namespace

absl::StatusOr<WallTime> ParseStartTime(std::string_view text) {
  double seconds = 0;
  if (ParseFlagValue(text, &seconds).ok() && seconds <= kMaxUnixSeconds) {
    // Beyond microseconds there is nothing but what a double rounds away.
    return ToWallTime(absl::FromUnixMicros(std::llround(seconds * 1e6)));
  }
  absl::Time time;
  std::string error;
  if (absl::ParseTime(absl::RFC3339_full, absl::string_view(text.data(), text.size()), &time,
                      &error)) {
    return ToWallTime(time);
  }
  return absl::InvalidArgumentError(
      "is no time; write it as in 2026-11-26T21:15:00Z, or in Unix seconds, as date +%s does");
}

absl::Status CheckStartTime(WallTime start, WallTime now) {
  if (start > now) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("is past: it was ", DurationText(now - start),
                                                 " ago, and now is ", ToString(now),
                                                 "; give a time that leaves room for the setup"));
}

std::string ToString(WallTime time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixNanos(time.time_since_epoch().count()),
                          absl::UTCTimeZone());
}

}  // namespace phx::loadgen
