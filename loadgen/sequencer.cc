#include "loadgen/sequencer.h"

namespace phx::loadgen {

namespace {

Schedule ScheduleOf(const Sequencer::Options& options) {
  if (options.in_flight > 0) return Schedule::Unpaced();
  // A thread without lanes has nothing to do.
  const double rate = options.share.own_lanes() > 0 ? options.rate : 0;
  return Schedule(rate, options.warmup + options.duration);
}

}  // namespace

Sequencer::Sequencer(const Options& options, PushTarget& target, PhaseRecorders& recorders)
    : options_(options),
      target_(target),
      recorders_(recorders),
      pacer_(ScheduleOf(options), options.share) {}

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
  Recorder& recorder = recorders_[PhaseAt(operation.intended)];
  recorder.Count(Counter::kPushesDue);
  switch (target_.StartPush(operation)) {
    case PushTarget::Result::kStarted: ++outstanding_; break;
    case PushTarget::Result::kDone: break;
    case PushTarget::Result::kBusy: recorder.Count(Counter::kSkippedBusy); return;
    case PushTarget::Result::kDown: recorder.Count(Counter::kSkippedDown); return;
  }
  CountSent(operation.intended, now);
}

void Sequencer::CountSent(Duration intended, Duration now) {
  Recorder& recorder = recorders_[PhaseAt(intended)];
  const Duration lag = now - intended;
  recorder.Count(Counter::kPushesSent);
  recorder.Record(Metric::kSendLag, lag);
  if (lag > options_.late_after) recorder.Count(Counter::kPushesLate);
}

void Sequencer::Stop(Duration now) {
  if (is_stopped()) return;
  stopped_at_ = now;
  if (options_.in_flight > 0) return;  // nothing is due that was not started
  while (const std::optional<Operation> operation = pacer_.Take(now)) {
    Recorder& recorder = recorders_[PhaseAt(operation->intended)];
    recorder.Count(Counter::kPushesDue);
    recorder.Count(Counter::kUnsent);
  }
}

void Sequencer::OnReply(Duration intended, Duration now) {
  --outstanding_;
  Recorder& recorder = recorders_[PhaseAt(intended)];
  recorder.Count(Counter::kReplies);
  recorder.Record(Metric::kReply, now - intended);
  if (!is_stopped() && now < end()) recorders_[PhaseAt(now)].Count(Counter::kRepliesInTime);
}

void Sequencer::OnFailure(Duration intended, const Failure& failure) {
  --outstanding_;
  recorders_[PhaseAt(intended)].Fail(failure);
}

}  // namespace phx::loadgen
