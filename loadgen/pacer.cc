#include "loadgen/pacer.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>

namespace phx::loadgen {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

Schedule::Schedule(double rate, Duration length) : Schedule(rate) {
  if (rate <= 0 || length <= Duration::zero()) return;
  CountUntil(length, rate * ToSeconds(length));
}

// The estimate is only near the truth: what IntendedTime() says decides.
void Schedule::CountUntil(Duration length, double estimate) {
  count_ = static_cast<std::uint64_t>(estimate);
  while (count_ > 0 && IntendedTime(count_ - 1) >= length) --count_;
  while (IntendedTime(count_) < length) ++count_;
}

Schedule Schedule::OfPhases(const std::vector<RatePhase>& phases) {
  Schedule schedule(0);
  schedule.stretches_.clear();
  double start = 0;
  double operations = 0;
  for (const RatePhase& phase : phases) {
    const double length = ToSeconds(phase.length);
    schedule.stretches_.push_back({.start = start,
                                   .first = operations,
                                   .rate = phase.from,
                                   .changes = (phase.to - phase.from) / length});
    start += length;
    operations += phase.operations();
  }
  schedule.stretches_.push_back({.start = start, .first = operations});  // no more of them
  schedule.CountUntil(LengthOf(phases), operations);
  return schedule;
}

Schedule Schedule::OfCount(double rate, std::uint64_t count) {
  Schedule schedule(rate);
  schedule.count_ = count;
  return schedule;
}

Duration Schedule::IntendedTime(std::uint64_t index) const {
  const auto operation = static_cast<double>(index);
  // The last stretch that begins before it, or with it.
  auto after = std::upper_bound(
      stretches_.begin(), stretches_.end(), operation,
      [](double number, const Stretch& stretch) { return number < stretch.first; });
  const Stretch& stretch = *std::prev(after);
  const double number = operation - stretch.first;
  const bool is_never = stretch.rate == 0 && stretch.changes == 0;
  if (is_never) return Duration::max();
  double seconds = number / stretch.rate;
  if (stretch.changes != 0 && number > 0) {
    // number = rate * t + changes / 2 * t * t, solved for t so that nothing cancels out.
    const double root = stretch.rate * stretch.rate + 2 * stretch.changes * number;
    seconds = 2 * number / (stretch.rate + std::sqrt(std::max(root, 0.0)));
  }
  if (number == 0) seconds = 0;
  const double nanoseconds = (stretch.start + seconds) * kNanosecondsPerSecond;
  // Beyond what a Duration can say it is due after everybody's time.
  if (nanoseconds >= static_cast<double>(Duration::max().count())) return Duration::max();
  return Duration(static_cast<Duration::rep>(std::llround(nanoseconds)));
}

Pacer::Pacer(Schedule schedule, Share share) : schedule_(std::move(schedule)), share_(share) {}

std::uint64_t Pacer::NextIndex() const {
  return round_ * share_.lanes + own_lane_ * share_.workers + share_.worker;
}

std::optional<Operation> Pacer::Take(Duration now) {
  const std::uint64_t index = NextIndex();
  if (index >= schedule_.count()) return std::nullopt;
  const Duration intended = schedule_.IntendedTime(index);
  if (intended > now) return std::nullopt;
  if (++own_lane_ == share_.own_lanes()) {
    own_lane_ = 0;
    ++round_;
  }
  return Operation{.index = index, .intended = intended};
}

std::optional<Duration> Pacer::next_due() const {
  const std::uint64_t index = NextIndex();
  if (index >= schedule_.count()) return std::nullopt;
  return schedule_.IntendedTime(index);
}

}  // namespace phx::loadgen
