#include "loadgen/rate_search.h"

#include <algorithm>
#include <cmath>

namespace phx::loadgen {
namespace {

// Below the first rate divided by the factor so many times nobody meant to look.
constexpr int kMaxStepsDown = 6;
// A server that holds a rate once, and then none that is a little lower, has no such rate.
constexpr int kMaxRepeats = 10;

// People read rates: whole ones, where that makes no difference.
double Rounded(double rate) {
  constexpr double kLarge = 100;
  return rate < kLarge ? rate : std::round(rate);
}

}  // namespace

RateSearch::RateSearch(const RateSearchOptions& options)
    : options_(options), next_(std::min(options.first, options.max)) {}

void RateSearch::Record(bool holds) {
  if (!next_.has_value()) return;
  if (state_ == State::kRepeating) return Repeat(holds);
  (holds ? holds_ : fails_) = next_;
  if (state_ == State::kStepping) return Step();
  Halve();
}

void RateSearch::Step() {
  ++steps_;
  if (holds_.has_value() && fails_.has_value()) return Halve();
  if (holds_.has_value()) {
    if (*holds_ >= options_.max) {
      state_ = State::kRepeating;
      return;  // the same rate once more
    }
    next_ = std::min(Rounded(*holds_ * options_.factor), options_.max);
    return;
  }
  if (steps_ > kMaxStepsDown) return Finish(std::nullopt);
  next_ = Rounded(*fails_ / options_.factor);
}

void RateSearch::Halve() {
  state_ = State::kHalving;
  const double middle = Rounded(std::sqrt(*holds_ * *fails_));
  const bool is_close = *fails_ <= *holds_ * (1 + options_.precision);
  if (!is_close && middle > *holds_ && middle < *fails_) {
    next_ = middle;
    return;
  }
  state_ = State::kRepeating;
  steps_ = 0;
  next_ = holds_;
}

// `holds_` is what has held once, and is measured now for the second time; empty after a failure,
// when a lower rate is measured for the first time.
void RateSearch::Repeat(bool holds) {
  if (holds && holds_ == next_) return Finish(next_);
  if (holds) {
    holds_ = next_;
    return;
  }
  if (++steps_ > kMaxRepeats) return Finish(std::nullopt);
  fails_ = next_;
  holds_.reset();
  next_ = Rounded(*next_ / (1 + options_.precision));
}

void RateSearch::Finish(std::optional<double> found) {
  next_.reset();
  found_ = found;
}

}  // namespace phx::loadgen
