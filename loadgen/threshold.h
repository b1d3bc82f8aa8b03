// Threshold: a condition on the figures of a run, such as "reply.p99 > 50ms" or "errors > 0.1%".
//
//   absl::StatusOr<Threshold> threshold = ParseThreshold("reply.p99.9 > 50ms");
//   if (threshold->Holds(value)) …
//
// The grammar, in which spaces are free:
//
//   threshold  = [users "."] figure relation value         users: a kind of them, by its name
//   figure     = latency "." ("min" | "mean" | "stdev" | "max" | "p" number) | count | rate
//   latency    = "connect" | "join" | "reply" | …          value: a duration, as in 50ms
//   count      = "errors" | "joins" | "late" | …           value: a number, or a share, as in 0.1%
//              | "errors." kind                            those of one kind, as in errors.http_403
//   rate       = "rate"                                    value: a number, per second
//              | "achieved"                                value: a share, as in 95%
//   relation   = ">" | ">=" | "<" | "<=" | "==" | "!="
//
// Threads: a plain value.
#ifndef PHX_LOADGEN_THRESHOLD_H_
#define PHX_LOADGEN_THRESHOLD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "loadgen/recorder.h"

namespace phx::loadgen {

// What a threshold can be about.
enum class Figure : std::uint8_t {
  kLatency,
  kErrors,
  kConnections,
  kJoins,
  kPushes,
  kReplies,
  kFailed,
  kLate,
  kSkipped,
  kUnsent,
  kMissing,
  kDuplicates,
  kReordered,
  kAfterLeave,
  kLost,
  kReconnects,
  kRejoins,
  kUnrecovered,
  kRate,
  kAchieved,
};

enum class Statistic : std::uint8_t { kMin, kMean, kStdev, kMax, kPercentile };
enum class Relation : std::uint8_t { kMore, kAtLeast, kLess, kAtMost, kEqual, kNotEqual };

struct Threshold {
  std::string text = {};   // as it was written, for people
  std::string users = {};  // the kind of users; empty: all
  Figure figure = Figure::kErrors;
  std::string error_kind = {};                   // of errors; empty: all of them
  Metric metric = Metric::kReply;                // of a latency
  Statistic statistic = Statistic::kPercentile;  // of a latency
  double percent = 0;                            // of a percentile
  Relation relation = Relation::kMore;
  bool is_share = false;  // of a count: the limit is a share of what it counts among
  double limit = 0;       // nanoseconds of a latency; 0.01 of "1%"; otherwise as it was written

  bool Holds(double value) const;
};

// ParseThreshold()
//
// kInvalidArgument shows the text, points at the place with a ^ in the line below, and says what
// belongs there.
absl::StatusOr<Threshold> ParseThreshold(std::string_view text);

// Whether there is a figure of that name, which a kind of users cannot have then.
bool IsFigure(std::string_view name);

// One line for each figure: how it is called and what it means. For --help.
std::vector<std::string> DescribeFigures();

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_THRESHOLD_H_
