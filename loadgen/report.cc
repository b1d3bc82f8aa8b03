#include "loadgen/report.h"

#include "loadgen/workload.h"

namespace phx::loadgen {

Metric KindReport::main_metric() const {
  if (ExpectsReplies(kind.workload)) return Metric::kReply;
  if (kind.sees_presences) return Metric::kPresence;
  return kind.hears.empty() ? Metric::kConnect : Metric::kBroadcast;
}

std::uint64_t Figures::error_count() const {
  std::uint64_t count = 0;
  for (const Error& error : errors) count += error.count;
  return count;
}

}  // namespace phx::loadgen
