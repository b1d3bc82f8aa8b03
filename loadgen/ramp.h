// Ramp: which connection is to be opened when. At most so many are being opened and joined at a
// time; with a rate each also has a moment at which it is due.
//
//   while (std::optional<Ramp::Opening> opening = ramp.Next(now)) Open(*opening);
//   …
//   ramp.Finished();   // one of them is open and joined, or has failed: the next may begin
//
// It does no I/O and reads no clock; times are offsets from the start of the run.
#ifndef PHX_LOADGEN_RAMP_H_
#define PHX_LOADGEN_RAMP_H_

#include <cstdint>
#include <optional>

#include "loadgen/pacer.h"
#include "loadgen/time.h"

namespace phx::loadgen {

class Ramp {
 public:
  struct Options {
    Share share = {};                   // lanes: all connections of the run
    double rate = 0;                    // a second, of all threads together; 0: no schedule
    std::uint64_t max_in_progress = 1;  // of this thread
  };
  struct Opening {
    std::uint64_t own_index = 0;  // among this thread's connections, from 0
    // From when its latency counts: when it was due, or, without a rate, now.
    Duration intended = {};
  };

  explicit Ramp(const Options& options);

  // The next connection to open, if one is due and there is room for it.
  std::optional<Opening> Next(Duration now);

  // A connection that Next() gave is through.
  void Finished();

  // Gives up those that Next() has not given yet; returns how many.
  std::uint64_t Cancel();

  // When to call Next() again if nothing else happens; nullopt if only Finished() can change
  // anything.
  std::optional<Duration> next_due() const;

  // All connections are through.
  bool done() const { return begun_ == total_ && in_progress_ == 0; }

 private:
  bool has_room() const { return begun_ < total_ && in_progress_ < options_.max_in_progress; }

  Options options_;
  std::optional<Pacer> pacer_;  // with a rate
  std::uint64_t total_;
  std::uint64_t begun_ = 0;
  std::uint64_t in_progress_ = 0;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_RAMP_H_
