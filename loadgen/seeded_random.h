// SeededRandom: numbers that look random and are the same again for the same seed, on every machine
// and whatever the standard library.
//
//   SeededRandom random(MixSeed(plan.seed, /*stream=*/user));
//   random.Within(std::chrono::seconds(1), std::chrono::seconds(3));
//
// The generator is SplitMix64. Memory: 8 bytes, so that each user can have one of its own, which
// does not depend on what others draw.
#ifndef PHX_LOADGEN_SEEDED_RANDOM_H_
#define PHX_LOADGEN_SEEDED_RANDOM_H_

#include <cstdint>

#include "loadgen/time.h"

namespace phx::loadgen {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31U);
  }

  // From `least` to `most`, both included, each equally often but for a part in 2^64 / range.
  std::uint64_t Within(std::uint64_t least, std::uint64_t most) {
    const std::uint64_t range = most - least + 1;
    return range == 0 ? Next() : least + Next() % range;
  }
  Duration Within(Duration least, Duration most) {
    return Duration(static_cast<Duration::rep>(Within(static_cast<std::uint64_t>(least.count()),
                                                      static_cast<std::uint64_t>(most.count()))));
  }

  // From 0 to below 1, in steps of 2^-53.
  double Unit() { return static_cast<double>(Next() >> 11U) * 0x1p-53; }

 private:
  std::uint64_t state_;
};

// A seed for one of many streams of numbers of the same run.
inline std::uint64_t MixSeed(std::uint64_t seed, std::uint64_t stream) {
  return SeededRandom(seed ^ SeededRandom(stream).Next()).Next();
}

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SEEDED_RANDOM_H_
