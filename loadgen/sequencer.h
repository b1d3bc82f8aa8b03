// Sequencer: starts the pushes of one thread when they are due, and keeps the books of them.
//
//   Sequencer sequencer(options, target, book);
//   // at every wake-up of the thread's timer:
//   const Sequencer::Turn turn = sequencer.Start(now);
//   // when the outcome of a push is known:
//   sequencer.OnReply(intended, now);
//
// It does no I/O and reads no clock; times are offsets from the start of the load. Latency is
// counted from the moment at which a push was due: when the server, the network or this thread
// stalls, the pushes that wait for it count as slow ones (no "coordinated omission").
#ifndef PHX_LOADGEN_SEQUENCER_H_
#define PHX_LOADGEN_SEQUENCER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "loadgen/failure.h"
#include "loadgen/pacer.h"
#include "loadgen/push_book.h"
#include "loadgen/rate_phase.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What carries pushes out.
class PushTarget {
 public:
  virtual ~PushTarget() = default;
  // `kStarted` is followed by OnReply() or OnFailure().
  virtual StartResult StartPush(const Operation& operation) = 0;
};

class Sequencer {
 public:
  struct Options {
    double rate = 0;  // a second, of all threads together
    // The closed model: in place of a rate, so many pushes of this thread are kept under way. Each
    // is due when it is started. 0: the open model.
    std::uint64_t in_flight = 0;
    // In place of a rate: those of the measured time, which fill it. The warm-up has the first one.
    std::vector<RatePhase> phases = {};
    Share share = {};
    Duration warmup = {};
    Duration duration = {};
    // A turn starts no more pushes than this, so that replies are read in between.
    std::uint64_t max_batch = 256;
  };
  struct Turn {
    // When to come again; not before `now` unless the batch was full. nullopt: all have had their
    // turn.
    std::optional<Duration> next = std::nullopt;
  };

  // `target` and `book`, whose times are those of `options`, must outlive this object.
  Sequencer(const Options& options, PushTarget& target, PushBook& book);

  // Starts the pushes that are due at `now`.
  Turn Start(Duration now);

  // Ends the load at `now`: what is due by then and not started is counted as unsent.
  void Stop(Duration now);

  // Outcomes. `intended` is the operation's.
  void OnReply(Duration intended, Duration now);
  void OnFailure(Duration intended, const Failure& failure);

  // Pushes without outcome.
  std::uint64_t outstanding() const { return outstanding_; }
  bool is_stopped() const { return stopped_at_.has_value(); }
  Duration end() const { return book_.end(); }

 private:
  Turn StartClosed(Duration now);
  void StartOne(const Operation& operation, Duration now);

  Options options_;
  PushTarget& target_;
  PushBook& book_;
  Pacer pacer_;
  std::uint64_t outstanding_ = 0;
  std::optional<Duration> stopped_at_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SEQUENCER_H_
