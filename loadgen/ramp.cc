#include "loadgen/ramp.h"

#include <utility>

namespace phx::loadgen {

Ramp::Ramp(const Options& options) : options_(options), total_(options.share.own_lanes()) {
  if (options_.rate > 0) {
    pacer_.emplace(Schedule::OfCount(options_.rate, options_.share.lanes), options_.share);
  }
}

std::optional<Ramp::Opening> Ramp::Next(Duration now) {
  if (!has_room()) return std::nullopt;
  Opening opening{.own_index = begun_, .intended = now};
  if (pacer_.has_value()) {
    const std::optional<Operation> operation = pacer_->Take(now);
    if (!operation.has_value()) return std::nullopt;
    opening.intended = operation->intended;
  }
  ++begun_;
  ++in_progress_;
  return opening;
}

void Ramp::Finished() { --in_progress_; }

std::uint64_t Ramp::Cancel() { return std::exchange(total_, begun_) - begun_; }

std::optional<Duration> Ramp::next_due() const {
  if (!has_room()) return std::nullopt;
  return pacer_.has_value() ? pacer_->next_due() : Duration::zero();
}

}  // namespace phx::loadgen
