// Pacer: when each operation of an open model is due, and which of them one thread carries out.
//
//   Pacer pacer(Schedule(/*rate=*/20'000, /*length=*/10s), {.lanes = 1000, .worker = 0, .workers =
//   2}); while (std::optional<Operation> operation = pacer.Take(now)) Start(*operation);
//   timer.expires_at(start + *pacer.next_due());
//
// It does no I/O and reads no clock: times are offsets from the start of the schedule, and "now" is
// what the caller says.
#ifndef PHX_LOADGEN_PACER_H_
#define PHX_LOADGEN_PACER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/rate_phase.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// One thing to do. Which connection and channel it concerns follows from its index.
struct Operation {
  std::uint64_t index = 0;  // counts all operations of the run, whatever thread they fall to
  Duration intended = {};   // when it is due; latency counts from here

  friend bool operator==(const Operation&, const Operation&) = default;
};

// Schedule: operations at a constant rate, or at one that changes from phase to phase. Operation i
// is due when i have been: with a constant rate, i / rate after the start. This is computed from i
// each time: rounding does not add up, and no rate drifts, however long the run is.
class Schedule {
 public:
  // All operations that are due before `length`. `rate` is per second; at 0 there are none.
  Schedule(double rate, Duration length);

  // All operations of `phases`, one phase after the other.
  static Schedule OfPhases(const std::vector<RatePhase>& phases);

  // Exactly `count` operations at `rate`, which is not 0.
  static Schedule OfCount(double rate, std::uint64_t count);

  Duration IntendedTime(std::uint64_t index) const;
  std::uint64_t count() const { return count_; }

 private:
  // A stretch of time in which the rate changes evenly, or not at all.
  struct Stretch {
    double start = 0;    // in seconds, since the schedule began
    double first = 0;    // operations before it
    double rate = 0;     // at its beginning
    double changes = 0;  // a second
  };

  explicit Schedule(double rate) : stretches_({{.rate = rate}}) {}

  // Sets count_, which is about `estimate`, to how many are due before `length`.
  void CountUntil(Duration length, double estimate);

  std::vector<Stretch> stretches_;
  std::uint64_t count_ = 0;
};

// A thread's part of the operations. These take turns over `lanes` (connections): operation i is
// that of lane i % lanes. Lane l belongs to worker l % workers. So each operation belongs to
// exactly one worker, the rates of the workers add up to the whole rate, and which operation goes
// where does not depend on how many there are.
struct Share {
  std::uint64_t lanes = 1;
  std::uint64_t worker = 0;   // less than workers
  std::uint64_t workers = 1;  // some may have no lane

  // How many lanes are this worker's.
  std::uint64_t own_lanes() const { return (lanes - worker + workers - 1) / workers; }
};

class Pacer {
 public:
  Pacer(Schedule schedule, Share share);

  // The next operation, if it is due at `now`. Call again until there is none: all that are due
  // come out, in order, however late the caller is.
  std::optional<Operation> Take(Duration now);

  // When the next one is due; nullopt if there is none left.
  std::optional<Duration> next_due() const;

 private:
  std::uint64_t NextIndex() const;

  Schedule schedule_;
  Share share_;
  std::uint64_t round_ = 0;     // how often all of the worker's lanes have had their turn
  std::uint64_t own_lane_ = 0;  // whose turn it is, among the worker's
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PACER_H_
