#include "loadgen/sequencer.h"

#include <algorithm>

namespace phx::loadgen {

namespace {

Schedule ScheduleOf(const Sequencer::Options& options) {
  if (options.in_flight > 0) return Schedule::Unpaced();
  // A thread without lanes has nothing to do.
  const bool is_idle = options.share.own_lanes() == 0;
  if (is_idle || options.phases.empty()) {
    return Schedule(is_idle ? 0 : options.rate, options.warmup + options.duration);
  }
  std::vector<RatePhase> phases = options.phases;
  if (options.warmup > Duration::zero()) {
    const double rate = phases.front().from;
    phases.insert(phases.begin(),
                  {.name = "warm-up", .from = rate, .to = rate, .length = options.warmup});
  }
  return Schedule::OfPhases(phases);
}

}  // namespace

Sequencer::Sequencer(const Options& options, PushTarget& target, PhaseRecorders& recorders)
    : options_(options),
      target_(target),
      recorders_(recorders),
      pacer_(ScheduleOf(options), options.share) {
  Duration end = options.warmup;
  for (const RatePhase& phase : options.phases) rate_phase_ends_.push_back(end += phase.length);
}

Sequencer::Turn Sequencer::Start(Duration now) {
  if (is_stopped()) return {};
  if (options_.in_flight > 0) return StartClosed(now);
  for (std::uint64_t started = 0; started < options_.max_batch; ++started) {
    const std::optional<Operation> operation = pacer_.Take(now);
    if (!operation.has_value()) break;
    StartOne(*operation, now);
  }
  return {.next = pacer_.next_due()};
}

// What cannot be started is not due: the next lane has its turn. When none of them can start
// anything, the rest waits for the next turn.
Sequencer::Turn Sequencer::StartClosed(Duration now) {
  std::uint64_t started = 0;
  std::uint64_t refused = 0;  // lanes in a row
  while (outstanding_ < options_.in_flight && refused < options_.share.own_lanes() && now < end()) {
    if (started == options_.max_batch) return {.next = now};
    Operation operation = *pacer_.Take(now);
    operation.intended = now;
    if (target_.StartPush(operation) != PushTarget::Result::kStarted) {
      ++refused;
      continue;
    }
    refused = 0;
    ++started;
    ++outstanding_;
    recorders_[PhaseAt(now)].Count(Counter::kPushesDue);
    CountSent(now, now);
  }
  return {};
}

void Sequencer::StartOne(const Operation& operation, Duration now) {
  const auto count = [&](Counter counter) {
    At(operation.intended, [counter](Recorder& recorder) { recorder.Count(counter); });
  };
  count(Counter::kPushesDue);
  switch (target_.StartPush(operation)) {
    case PushTarget::Result::kStarted: ++outstanding_; break;
    case PushTarget::Result::kDone: break;
    case PushTarget::Result::kBusy: return count(Counter::kSkippedBusy);
    case PushTarget::Result::kDown: return count(Counter::kSkippedDown);
  }
  CountSent(operation.intended, now);
}

void Sequencer::CountSent(Duration intended, Duration now) {
  const Duration lag = now - intended;
  At(intended, [&](Recorder& recorder) {
    recorder.Count(Counter::kPushesSent);
    recorder.Record(Metric::kSendLag, lag);
    if (lag > options_.late_after) recorder.Count(Counter::kPushesLate);
  });
}

std::size_t Sequencer::RatePhaseAt(Duration time) const {
  const auto found = std::upper_bound(rate_phase_ends_.begin(), rate_phase_ends_.end(), time);
  const auto index = static_cast<std::size_t>(found - rate_phase_ends_.begin());
  return std::min(index,
                  rate_phase_ends_.size() - 1);  // what comes after the end is the last one's
}

void Sequencer::Stop(Duration now) {
  if (is_stopped()) return;
  stopped_at_ = now;
  if (options_.in_flight > 0) return;  // nothing is due that was not started
  while (const std::optional<Operation> operation = pacer_.Take(now)) {
    At(operation->intended, [](Recorder& recorder) {
      recorder.Count(Counter::kPushesDue);
      recorder.Count(Counter::kUnsent);
    });
  }
}

void Sequencer::OnReply(Duration intended, Duration now) {
  --outstanding_;
  At(intended, [&](Recorder& recorder) {
    recorder.Count(Counter::kReplies);
    recorder.Record(Metric::kReply, now - intended);
  });
  if (is_stopped() || now >= end()) return;
  At(now, [](Recorder& recorder) { recorder.Count(Counter::kRepliesInTime); });
}

void Sequencer::OnFailure(Duration intended, const Failure& failure) {
  --outstanding_;
  At(intended, [&](Recorder& recorder) { recorder.Fail(failure); });
}

}  // namespace phx::loadgen
