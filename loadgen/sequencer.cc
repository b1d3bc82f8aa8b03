#include "loadgen/sequencer.h"

#include "loadgen/recorder.h"

namespace phx::loadgen {

namespace {

Schedule ScheduleOf(const Sequencer::Options& options) {
  // A thread without lanes has nothing to do; nothing has a time in the closed model.
  const bool is_idle = options.share.own_lanes() == 0 || options.in_flight > 0;
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
    : options_(options),
      target_(target),
      book_(book),
      pacer_(ScheduleOf(options), options.share),
      rounds_(options.in_flight > 0 ? options.share.own_lanes() : 0) {}

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

bool Sequencer::HasRoom(Duration now) const {
  return !is_stopped() && outstanding_ < options_.in_flight && now < end();
}

// Lanes take turns. When none of them can start anything, the rest waits for the next turn.
Sequencer::Turn Sequencer::StartClosed(Duration now) {
  std::uint64_t started = 0;
  std::uint64_t refused = 0;  // lanes in a row
  while (HasRoom(now) && refused < rounds_.size()) {
    if (started == options_.max_batch) return {.next = now};
    const bool is_started = StartOn(next_lane_, now);
    next_lane_ = (next_lane_ + 1) % rounds_.size();
    refused = is_started ? 0 : refused + 1;
    started += is_started ? 1 : 0;
  }
  return {};
}

// What cannot be started is not due, and not counted.
bool Sequencer::StartOn(std::size_t own_lane, Duration now) {
  const Share& share = options_.share;
  const std::uint64_t lane = share.worker + own_lane * share.workers;
  const Operation operation{.index = lane + rounds_[own_lane]++ * share.lanes, .intended = now};
  if (target_.StartPush(operation) != StartResult::kStarted) return false;
  ++outstanding_;
  book_.CountStart(StartResult::kStarted, now, now);
  return true;
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

void Sequencer::OnReply(std::uint64_t lane, Duration intended, Duration started, Duration now) {
  --outstanding_;
  book_.OnReply(intended, started, now, is_stopped());
  if (HasRoom(now) && !StartOn(lane / options_.share.workers, now)) StartClosed(now);
}

void Sequencer::OnFailure(Duration intended, const Failure& failure) {
  --outstanding_;
  book_.OnFailure(intended, failure);
}

}  // namespace phx::loadgen
