// How long to wait before trying again.
//
// Tries count from 1. The tables are phoenix.js's; jitter is ours, so that the clients of a
// restarted server do not all come back at the same moment.
#ifndef PHX_CLIENT_CORE_BACKOFF_H_
#define PHX_CLIENT_CORE_BACKOFF_H_

#include <cstdint>
#include <functional>
#include <random>

#include "client/core/time.h"

namespace phx {

// The wait before the `tries`-th attempt. Called inside the protocol core: it must be quick and
// must not call back into the socket. If it throws, the default table answers instead.
using BackoffFunction = std::function<Duration(int tries)>;

// 10, 50, 100, 150, 200, 250, 500, 1000, 2000 ms, then 5 s.
Duration DefaultReconnectAfter(int tries);

// 1, 2, 5 s, then 10 s.
Duration DefaultRejoinAfter(int tries);

namespace core {

// Spreads waits evenly over [1 - fraction, 1 + fraction) times their length. The same seed gives
// the same sequence.
class Jitter {
 public:
  // `fraction` is between 0 (none) and 1.
  Jitter(double fraction, std::uint64_t seed);

  Duration Apply(Duration wait);

 private:
  double fraction_;
  std::minstd_rand engine_;
};

// `after(tries)`, or `fallback(tries)` if there is no function or it throws; never negative.
Duration BackoffAfter(const BackoffFunction& after, Duration (*fallback)(int), int tries);

}  // namespace core
}  // namespace phx

#endif  // PHX_CLIENT_CORE_BACKOFF_H_
