// A number that nobody else has drawn: of what is not to be repeatable (seeded_random.h).
#ifndef PHX_LOADGEN_RANDOM_NUMBER_H_
#define PHX_LOADGEN_RANDOM_NUMBER_H_

#include <cstdint>
#include <random>

namespace phx::loadgen {

inline std::uint64_t RandomNumber() {
  std::random_device random;
  return std::uniform_int_distribution<std::uint64_t>()(random);
}

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RANDOM_NUMBER_H_
