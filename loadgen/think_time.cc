#include "loadgen/think_time.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace phx::loadgen {
namespace {

double ToDouble(Duration duration) { return static_cast<double>(duration.count()); }

Duration Draw(const DurationRange& range, SeededRandom* random) {
  return random->Within(range.least, range.most);
}

Duration Draw(const ExponentialThinkTime& think, SeededRandom* random) {
  return Duration(std::llround(-std::log1p(-random->Unit()) * ToDouble(think.mean)));
}

// By the method of Box and Muller, of which one of the two numbers is thrown away: a user that
// thinks has time.
Duration Draw(const NormalThinkTime& think, SeededRandom* random) {
  const double radius = std::sqrt(-2 * std::log1p(-random->Unit()));
  const double standard = radius * std::cos(2 * std::numbers::pi * random->Unit());
  const double drawn = ToDouble(think.mean) + standard * ToDouble(think.stdev);
  return Duration(std::llround(std::max(0.0, drawn)));
}

Duration Mean(const DurationRange& range) { return range.least + (range.most - range.least) / 2; }
Duration Mean(const ExponentialThinkTime& think) { return think.mean; }
Duration Mean(const NormalThinkTime& think) { return think.mean; }

}  // namespace

Duration DrawThinkTime(const ThinkTime& think, SeededRandom* random) {
  return std::visit([random](const auto& distribution) { return Draw(distribution, random); },
                    think);
}

Duration MeanOf(const ThinkTime& think) {
  return std::visit([](const auto& distribution) { return Mean(distribution); }, think);
}

}  // namespace phx::loadgen
