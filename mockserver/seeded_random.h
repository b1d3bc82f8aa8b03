// SeededRandom: numbers drawn from a seed, the same in every run and on every machine.
#ifndef PHX_MOCKSERVER_SEEDED_RANDOM_H_
#define PHX_MOCKSERVER_SEEDED_RANDOM_H_

#include <cstdint>

namespace phx::mock {

class SeededRandom {
 public:
  // Those of one connection; another has others.
  SeededRandom(std::uint64_t seed, std::uint64_t connection)
      : state_(Mix(seed ^ Mix(connection))) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15;
    return Mix(state_);
  }
  // In [0, 1).
  double NextFraction() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  // SplitMix64: a good mixer of consecutive numbers.
  static std::uint64_t Mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
    return value ^ (value >> 31);
  }

  std::uint64_t state_;
};

}  // namespace phx::mock

#endif  // PHX_MOCKSERVER_SEEDED_RANDOM_H_
