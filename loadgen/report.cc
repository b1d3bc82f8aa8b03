#include "loadgen/report.h"

#include "loadgen/workload.h"

namespace phx::loadgen {

Metric Report::main_metric() const {
  if (plan.workload == Workload::kBroadcast) return Metric::kBroadcast;
  return plan.has_load() && ExpectsReplies(plan.workload) ? Metric::kReply : Metric::kConnect;
}

std::uint64_t Report::error_count() const {
  std::uint64_t count = 0;
  for (const Error& error : errors) count += error.count;
  return count;
}

}  // namespace phx::loadgen
