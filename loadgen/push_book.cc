#include "loadgen/push_book.h"

#include <algorithm>

namespace phx::loadgen {

PushBook::PushBook(const Options& options, PhaseRecorders& recorders)
    : options_(options), recorders_(recorders) {
  Duration end = options.warmup;
  for (const RatePhase& phase : options.phases) rate_phase_ends_.push_back(end += phase.length);
}

void PushBook::CountStart(StartResult result, Duration intended, Duration now) {
  Count(Counter::kPushesDue, intended);
  switch (result) {
    case StartResult::kStarted:
    case StartResult::kDone: return CountSent(intended, now);
    case StartResult::kBusy: return Count(Counter::kSkippedBusy, intended);
    case StartResult::kDown: return Count(Counter::kSkippedDown, intended);
  }
}

void PushBook::CountSent(Duration intended, Duration now) {
  const Duration lag = now - intended;
  At(intended, [&](Recorder& recorder) {
    recorder.Count(Counter::kPushesSent);
    recorder.Record(Metric::kSendLag, lag);
    if (lag > options_.late_after) recorder.Count(Counter::kPushesLate);
  });
}

void PushBook::OnReply(Duration intended, Duration started, Duration now, bool is_stopped) {
  At(intended, [&](Recorder& recorder) {
    recorder.Count(Counter::kReplies);
    recorder.Record(Metric::kReply, now - intended);
    recorder.Record(Metric::kService, now - started);
  });
  if (is_stopped || now >= end()) return;
  At(now, [](Recorder& recorder) { recorder.Count(Counter::kRepliesInTime); });
}

void PushBook::OnFailure(Duration intended, const Failure& failure) {
  At(intended, [&](Recorder& recorder) { recorder.Fail(failure); });
}

std::size_t PushBook::RatePhaseAt(Duration time) const {
  const auto found = std::upper_bound(rate_phase_ends_.begin(), rate_phase_ends_.end(), time);
  const auto index = static_cast<std::size_t>(found - rate_phase_ends_.begin());
  return std::min(index,
                  rate_phase_ends_.size() - 1);  // what comes after the end is the last one's
}

}  // namespace phx::loadgen
