// ThinkTime: how long a user thinks before a step, drawn anew each time.
//
//   const ThinkTime think = ExponentialThinkTime{.mean = std::chrono::seconds(3)};
//   const Duration pause = DrawThinkTime(think, &random);
//
// Which one is like people? Between two things that do not depend on each other (messages that a
// room of people writes) times are exponential: many short, few long. Somebody who reads a page and
// answers takes a time about a normal one. A range is for who knows no more than its ends.
//
// The same seed draws the same times on every machine, but for the last digit that its logarithm
// and cosine have.
#ifndef PHX_LOADGEN_THINK_TIME_H_
#define PHX_LOADGEN_THINK_TIME_H_

#include <variant>

#include "loadgen/flag_value.h"
#include "loadgen/seeded_random.h"
#include "loadgen/time.h"

namespace phx::loadgen {

struct ExponentialThinkTime {
  Duration mean = {};

  friend bool operator==(const ExponentialThinkTime&, const ExponentialThinkTime&) = default;
};

// What would be less than none is none.
struct NormalThinkTime {
  Duration mean = {};
  Duration stdev = {};

  friend bool operator==(const NormalThinkTime&, const NormalThinkTime&) = default;
};

// Of a range, each time is as likely; a single one is a range.
using ThinkTime = std::variant<DurationRange, ExponentialThinkTime, NormalThinkTime>;

Duration DrawThinkTime(const ThinkTime& think, SeededRandom* random);

// What it is on average.
Duration MeanOf(const ThinkTime& think);

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_THINK_TIME_H_
