// Sequencer: starts the pushes of one thread when they are due, and keeps the books of them.
//
//   Sequencer sequencer(options, target, book);
//   // at every wake-up of the thread's timer:
//   const Sequencer::Turn turn = sequencer.Start(now);
//   // when the outcome of a push is known:
//   sequencer.OnReply(lane, intended, now);
//
// It does no I/O and reads no clock; times are offsets from the start of the load. Latency is
// counted from the moment at which a push was due: when the server, the network or this thread
// stalls, the pushes that wait for it count as slow ones (no "coordinated omission").
#ifndef PHX_LOADGEN_SEQUENCER_H_
#define PHX_LOADGEN_SEQUENCER_H_

#include <cstddef>
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

  // Outcomes. `intended` is the operation's, `lane` (as in Share) that of its connection, and
  // `started` is when it left. In the closed model a reply makes room for the next push, which is
  // the same connection's: who got an answer goes on. A failure makes room for the next turn only:
  // a server that refuses everything at once would be asked without end.
  void OnReply(std::uint64_t lane, Duration intended, Duration started, Duration now);
  void OnFailure(Duration intended, const Failure& failure);

  // Pushes without outcome.
  std::uint64_t outstanding() const { return outstanding_; }
  bool is_stopped() const { return stopped_at_.has_value(); }
  Duration end() const { return book_.end(); }

 private:
  void StartOne(const Operation& operation, Duration now);

  // Of the closed model. Lanes are numbered among this thread's own.
  bool HasRoom(Duration now) const;
  Turn StartClosed(Duration now);
  bool StartOn(std::size_t own_lane, Duration now);

  Options options_;
  PushTarget& target_;
  PushBook& book_;
  Pacer pacer_;                        // of the open model
  std::vector<std::uint64_t> rounds_;  // of the closed model: how many turns each lane has had
  std::size_t next_lane_ = 0;          // of the closed model
  std::uint64_t outstanding_ = 0;
  std::optional<Duration> stopped_at_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SEQUENCER_H_
