#include "loadgen/sequencer.h"

namespace phx::loadgen {

Sequencer::Sequencer(const Options& options, PushTarget& target, PhaseRecorders& recorders)
    : options_(options),
      target_(target),
      recorders_(recorders),
      pacer_(Schedule(options.rate, options.warmup + options.duration), options.share) {}

Sequencer::Turn Sequencer::Start(Duration now) {
  if (is_stopped()) return {};
  for (std::uint64_t started = 0; started < options_.max_batch; ++started) {
    const std::optional<Operation> operation = pacer_.Take(now);
    if (!operation.has_value()) break;
    StartOne(*operation, now);
  }
  return {.next = pacer_.next_due()};
}

void Sequencer::StartOne(const Operation& operation, Duration now) {
  Recorder& recorder = recorders_[PhaseAt(operation.intended)];
  recorder.Count(Counter::kPushesDue);
  switch (target_.StartPush(operation)) {
    case PushTarget::Result::kStarted: break;
    case PushTarget::Result::kBusy: recorder.Count(Counter::kSkippedBusy); return;
    case PushTarget::Result::kDown: recorder.Count(Counter::kSkippedDown); return;
  }
  ++outstanding_;
  const Duration lag = now - operation.intended;
  recorder.Count(Counter::kPushesSent);
  recorder.Record(Metric::kSendLag, lag);
  if (lag > options_.late_after) recorder.Count(Counter::kPushesLate);
}

void Sequencer::Stop(Duration now) {
  if (is_stopped()) return;
  stopped_at_ = now;
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

void Sequencer::OnFailure(Duration intended, Cause cause, std::string_view message) {
  --outstanding_;
  recorders_[PhaseAt(intended)].Fail(Stage::kPush, cause, message);
}

}  // namespace phx::loadgen
