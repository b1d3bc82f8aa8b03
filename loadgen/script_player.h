// ScriptPlayer: has the users of one thread play their script, each at its own pace.
//
//   ScriptPlayer player(script, options, target, book);
//   // at every wake-up of the thread's timer:
//   const std::optional<Duration> next = player.Start(now);
//   // when the outcome of a step is known:
//   player.OnReply(user, now);
//
// A step is due when the time to think behind the step before it is over; from there its latency
// counts. Users begin somewhere in the first round, as long as it is on average, so that they do
// not march in step; where, and how long they think, is drawn from a stream of numbers of each
// user's own. In each round a user turns to its next channel.
//
// It does no I/O and reads no clock; times are offsets from the start of the load.
#ifndef PHX_LOADGEN_SCRIPT_PLAYER_H_
#define PHX_LOADGEN_SCRIPT_PLAYER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

#include "loadgen/failure.h"
#include "loadgen/push_book.h"
#include "loadgen/recorder.h"
#include "loadgen/script.h"
#include "loadgen/seeded_random.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What carries steps out.
class StepTarget {
 public:
  virtual ~StepTarget() = default;
  // `kStarted` is followed by OnReply(), OnFailure() or OnDone().
  virtual StartResult StartStep(std::uint64_t user, std::uint64_t channel, const ScriptStep& step,
                                Duration intended) = 0;
};

class ScriptPlayer {
 public:
  struct Options {
    std::vector<std::uint64_t> seeds = {};  // one for each user of this thread
    std::uint64_t channels = 1;             // of each user
    // A turn starts no more steps than this, so that replies are read in between.
    std::uint64_t max_batch = 256;
  };

  // `script`, `target` and `book` must outlive this object.
  ScriptPlayer(const Script& script, const Options& options, StepTarget& target, PushBook& book);

  // Starts the steps that are due at `now`; when to come again.
  std::optional<Duration> Start(Duration now);
  // When the next step is due; nullopt if none is before the end, or before an outcome.
  std::optional<Duration> next_due() const;
  // Ends the load: no more steps.
  void Stop() { is_stopped_ = true; }

  // Outcomes of the step that `user` is at: of a push; or, of a leave or a join, that it is over.
  void OnReply(std::uint64_t user, Duration now);
  void OnFailure(std::uint64_t user, const Failure& failure, Duration now);
  void OnDone(std::uint64_t user, Duration now);

  // Steps without outcome.
  std::uint64_t outstanding() const { return outstanding_; }

 private:
  struct User {
    SeededRandom random;
    Duration due = {};      // of its step
    Duration started = {};  // the same
    std::size_t step = 0;
    std::uint64_t round = 0;
  };
  using Appointment = std::pair<Duration, std::uint64_t>;  // when, and whose

  void StartStep(std::uint64_t number, Duration now);
  void Finish(std::uint64_t number, Duration now);
  // On to the next step, when the user has thought.
  void Advance(std::uint64_t number, Duration now);
  void Schedule(std::uint64_t number, Duration due);

  const Script& script_;
  const Options options_;
  StepTarget& target_;
  PushBook& book_;
  std::vector<User> users_;
  std::priority_queue<Appointment, std::vector<Appointment>, std::greater<>> appointments_;
  std::uint64_t outstanding_ = 0;
  bool is_stopped_ = false;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_SCRIPT_PLAYER_H_
