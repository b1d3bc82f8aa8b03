#include "loadgen/pacer.h"

#include <cmath>
#include <limits>

namespace phx::loadgen {
namespace {

constexpr double kNanosecondsPerSecond = 1e9;

}  // namespace

Schedule::Schedule(double rate, Duration length) : rate_(rate) {
  if (rate <= 0 || length <= Duration::zero()) return;
  // The product is only near the truth: what IntendedTime() says decides.
  count_ = static_cast<std::uint64_t>(rate * ToSeconds(length));
  while (count_ > 0 && IntendedTime(count_ - 1) >= length) --count_;
  while (IntendedTime(count_) < length) ++count_;
}

Schedule Schedule::OfCount(double rate, std::uint64_t count) {
  Schedule schedule(rate);
  schedule.count_ = count;
  return schedule;
}

Schedule Schedule::Unpaced() {
  return OfCount(std::numeric_limits<double>::infinity(),
                 std::numeric_limits<std::uint64_t>::max());
}

Duration Schedule::IntendedTime(std::uint64_t index) const {
  const double nanoseconds = static_cast<double>(index) * kNanosecondsPerSecond / rate_;
  // Beyond what a Duration can say it is due after everybody's time.
  if (nanoseconds >= static_cast<double>(Duration::max().count())) return Duration::max();
  return Duration(static_cast<Duration::rep>(std::llround(nanoseconds)));
}

Pacer::Pacer(Schedule schedule, Share share) : schedule_(schedule), share_(share) {}

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
