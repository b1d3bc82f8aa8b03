// PushBook: what became of the pushes of one kind of users on one thread, each in the phase in
// which it was due.
//
// It reads no clock; times are offsets from the start of the load.
#ifndef PHX_LOADGEN_PUSH_BOOK_H_
#define PHX_LOADGEN_PUSH_BOOK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "loadgen/failure.h"
#include "loadgen/rate_phase.h"
#include "loadgen/recorder.h"
#include "loadgen/time.h"

namespace phx::loadgen {

// What became of a push that was to be started.
enum class StartResult : std::uint8_t {
  kStarted,  // its outcome will come, not from inside the call that started it
  kDone,     // it is sent, and has no outcome
  kBusy,     // the connection has too many without reply
  kDown,     // the channel is not joined
};

class PushBook {
 public:
  struct Options {
    std::vector<RatePhase> phases = {};  // of the measured time, which they fill; or none
    Duration warmup = {};
    Duration duration = {};
    Duration late_after = {};
  };

  // `recorders` must outlive this object.
  PushBook(const Options& options, PhaseRecorders& recorders);

  // Counts one that was due at `intended`.
  void Count(Counter counter, Duration intended) {
    At(intended, [counter](Recorder& recorder) { recorder.Count(counter); });
  }
  // One was due at `intended`, and this came of it at `now`.
  void CountStart(StartResult result, Duration intended, Duration now);
  // It has its outcome. Replies that come while measuring are counted by that too.
  // `started`: when it left.
  void OnReply(Duration intended, Duration started, Duration now, bool is_stopped);
  void OnFailure(Duration intended, const Failure& failure);

  // Calls `record` with the recorders of a moment: that of its phase, and, if the measured time has
  // rate phases, that of its own.
  template <typename Record>
  void At(Duration time, const Record& record) {
    record(recorders_[PhaseAt(time)]);
    if (!options_.phases.empty() && time >= options_.warmup) {
      record(recorders_.rate_phase(RatePhaseAt(time)));
    }
  }
  // The phase that a moment belongs to; the time after the end counts as measured.
  Phase PhaseAt(Duration time) const {
    return time < options_.warmup ? Phase::kWarmup : Phase::kMeasured;
  }
  Duration end() const { return options_.warmup + options_.duration; }

 private:
  void CountSent(Duration intended, Duration now);
  std::size_t RatePhaseAt(Duration time) const;

  Options options_;
  std::vector<Duration> rate_phase_ends_;  // of Options::phases
  PhaseRecorders& recorders_;
};

}  // namespace phx::loadgen

#endif  // PHX_LOADGEN_PUSH_BOOK_H_
