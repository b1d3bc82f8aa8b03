#include "loadgen/recorder.h"

namespace phx::loadgen {

void Recorder::Fail(Stage stage, Cause cause, std::string_view message) {
  FailureCount& failure = failures_[Index(stage)][Index(cause)];
  if (failure.count++ == 0) failure.example = std::string(message);
}

void Recorder::Merge(const Recorder& other) {
  for (std::size_t i = 0; i < kCounterCount; ++i) counters_[i] += other.counters_[i];
  for (std::size_t i = 0; i < kMetricCount; ++i) latencies_[i].Merge(other.latencies_[i]);
  for (std::size_t stage = 0; stage < kStageCount; ++stage) {
    for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
      FailureCount& into = failures_[stage][cause];
      const FailureCount& from = other.failures_[stage][cause];
      if (into.count == 0) into.example = from.example;
      into.count += from.count;
    }
  }
}

std::uint64_t Recorder::failures(Stage stage) const {
  std::uint64_t total = 0;
  for (const FailureCount& failure : failures_[Index(stage)]) total += failure.count;
  return total;
}

std::string_view ToString(Phase phase) {
  switch (phase) {
    case Phase::kSetup: return "setup";
    case Phase::kWarmup: return "warmup";
    case Phase::kMeasured: return "measured";
  }
  return "";
}

void PhaseRecorders::Merge(const PhaseRecorders& other) {
  for (std::size_t i = 0; i < kPhaseCount; ++i) recorders_[i].Merge(other.recorders_[i]);
}

}  // namespace phx::loadgen
