#include "loadgen/progress.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadgen/quantity_text.h"

namespace phx::loadgen {
namespace {

std::string FormatSetup(const Plan& plan, const Progress& progress) {
  const Recorder& setup = progress.total[Phase::kSetup];
  std::string text = absl::StrFormat(
      "setup     %.1f s  connected %s/%s  joined %s/%s", ToSeconds(progress.elapsed),
      CountText(setup.count(Counter::kConnected)), CountText(plan.own_connections()),
      CountText(setup.count(Counter::kJoined)), CountText(plan.own_joins()));
  if (progress.begins_in.has_value()) {
    absl::StrAppendFormat(&text, "  begins in %.1f s", ToSeconds(*progress.begins_in));
  }
  return text;
}

std::string FormatLoad(const Plan& plan, const Progress& progress) {
  const bool is_warmup = progress.phase == Phase::kWarmup;
  std::string text = absl::StrFormat("%-8s  %.1f s of %.1f s", is_warmup ? "warm-up" : "measured",
                                     ToSeconds(progress.elapsed),
                                     ToSeconds(is_warmup ? plan.warmup : plan.duration));
  if (!plan.has_load()) return text;
  const Recorder recent = LoadOf(progress.recent);
  const bool is_broadcast = plan.main_metric() == Metric::kBroadcast;
  const LatencyHistogram& latency =
      recent.latency(is_broadcast ? Metric::kBroadcast : Metric::kReply);
  const double seconds = ToSeconds(progress.interval);
  const auto rate = [seconds](std::uint64_t count) {
    return RateText(seconds > 0 ? static_cast<double>(count) / seconds : 0);
  };
  absl::StrAppend(&text, "  sent ", rate(recent.count(Counter::kPushesSent)),
                  is_broadcast ? "  received " : "  replied ",
                  rate(recent.count(is_broadcast ? Counter::kBroadcasts : Counter::kReplies)),
                  "  p50 ", DurationText(latency.Percentile(50)), "  p99 ",
                  DurationText(latency.Percentile(99)), "  max ", DurationText(latency.max()));
  return text;
}

}  // namespace

Recorder LoadOf(const PhaseRecorders& recorders) {
  Recorder load = recorders[Phase::kWarmup];
  load.Merge(recorders[Phase::kMeasured]);
  return load;
}

FailureTable FailuresOf(const PhaseRecorders& recorders) {
  FailureTable failures;
  for (const Phase phase : kPhases) failures.Merge(recorders[phase].failures());
  return failures;
}

Duration MeasuredSoFar(const Plan& plan, const Progress& progress) {
  if (progress.phase != Phase::kMeasured) return Duration::zero();
  return std::min(progress.elapsed, plan.duration);
}

std::string FormatProgress(const Plan& plan, const Progress& progress) {
  const std::string text =
      progress.phase == Phase::kSetup ? FormatSetup(plan, progress) : FormatLoad(plan, progress);
  return absl::StrCat(text, "  errors ", CountText(FailuresOf(progress.total).count()));
}

}  // namespace phx::loadgen
