#include "loadgen/sequencer.h"

#include "loadgen/recorder.h"

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

Sequencer::Sequencer(const Options& options, PushTarget& target, PushBook& book)
    : options_(options), target_(target), book_(book), pacer_(ScheduleOf(options), options.share) {}

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
    if (target_.StartPush(operation) != StartResult::kStarted) {
      ++refused;
      continue;
    }
    refused = 0;
    ++started;
    ++outstanding_;
    book_.CountStart(StartResult::kStarted, now, now);
  }
  return {};
}

void Sequencer::StartOne(const Operation& operation, Duration now) {
  const StartResult result = target_.StartPush(operation);
  if (result == StartResult::kStarted) ++outstanding_;
  book_.CountStart(result, operation.intended, now);
}

void Sequencer::Stop(Duration now) {
  if (is_stopped()) return;
  stopped_at_ = now;
  if (options_.in_flight > 0) return;  // nothing is due that was not started
  while (const std::optional<Operation> operation = pacer_.Take(now)) {
    book_.Count(Counter::kPushesDue, operation->intended);
    book_.Count(Counter::kUnsent, operation->intended);
  }
}

void Sequencer::OnReply(Duration intended, Duration now) {
  --outstanding_;
  book_.OnReply(intended, now, is_stopped());
}

void Sequencer::OnFailure(Duration intended, const Failure& failure) {
  --outstanding_;
  book_.OnFailure(intended, failure);
}

}  // namespace phx::loadgen
