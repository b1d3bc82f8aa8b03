// When a run begins by the clock on the wall, so that processes on several machines begin together.
#ifndef PHX_LOADGEN_START_TIME_H_
#define PHX_LOADGEN_START_TIME_H_

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadgen/time.h"

namespace phx::loadgen {

using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;

// Reads RFC 3339, "2026-11-26T21:15:00Z", also with fractions of a second or another offset, or
// Unix seconds, "1795000000" or "1795000000.5". kInvalidArgument, as the end of a sentence that
// names the flag.
absl::StatusOr<WallTime> ParseStartTime(std::string_view text);

// kInvalidArgument, as the end of such a sentence, if it is not after `now`.
absl::Status CheckStartTime(WallTime start, WallTime now);

// "2026-11-26T21:15:00.250Z"
std::string ToString(WallTime time);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_START_TIME_H_
